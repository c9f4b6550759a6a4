import { activationLanes } from '../../activations/registry.ts';
import { ALL_LANES, compactionOf } from '../program/compaction.ts';
import { sumOfLanes, wideSum } from '../program/lane-sums.ts';
import {
  f32,
  f32x4,
  f64,
  i32,
  i32x4,
  v128,
  type Body,
  type I32,
  type Local,
} from '@polysem/numerics/wasm';
import { boundsOf, overEntries, type LargeContext } from './large-context.ts';
import { BLOCK_ROWS, TILE_FEATURES } from './large-memory.ts';
import { PANEL_ROWS } from './large-shape.ts';

/** Unrolling factor of the loop over dimensions. */
const UNROLL = 8;
/** Bytes of one feature in the outputs and inputs of a tile. */
const ROW_BYTES: number = 4 * PANEL_ROWS;
/** Vectors of outputs that are checked together for unclipped ones. */
const CHECKED = 4;

/** A panel: its address, and its rows times 4. */
interface Panel {
  readonly address: I32;
  readonly rowBytes: I32;
}

/** Running sums over the features of a panel. */
interface Sums {
  readonly loss: Local<'f64'>;
  /** Byte offset of the end of the lists of errors. */
  readonly errorEnd: Local<'i32'>;
}

/** Bytes of W that stay in the second-level cache beside the hidden vectors of a panel. */
const GROUP_BYTES = 98_304;

/** Number of features, in whole tiles, whose rows of W stay in the cache. */
function groupFeatures(dims: number): number {
  return TILE_FEATURES * Math.max(1, Math.floor(GROUP_BYTES / (4 * dims * TILE_FEATURES)));
}

/**
 * Emits the outputs of a panel from its hidden vectors: lists of the gradients of the unclipped outputs, their sum per feature,
 * and the loss. W is read once, a few features at a time.
 *
 * @param onGroup called after a group of features, a range of 4 bytes each, whose rows of W are still in the cache.
 */
export function emitPanelOutputs(
  body: Body,
  context: LargeContext,
  panel: Panel,
  onGroup: (from: I32, to: I32) => void,
): void {
  const { shape, memory } = context;
  const { features, dims } = shape;
  emitTranspose(body, context, panel);
  const sums = { loss: body.hold(f64.const(0)), errorEnd: body.hold(i32.const(0)) };
  const feature = body.hold(i32.const(0));
  const weights = body.hold(i32.const(0));
  const tile = (count: number): void =>
    body.scope(() => emitTile(body, context, { panel, sums, feature, weights, count }));
  const group = body.hold(i32.const(0));
  const endGroup = (end: I32): void => {
    const at = i32.add(panel.address, end);
    body.store(at, memory.panel.errors.starts, sums.errorEnd);
    onGroup(group, end);
    body.set(group, end);
  };
  const rest = features % TILE_FEATURES;
  if (features >= TILE_FEATURES) {
    body.doWhile(() => {
      tile(TILE_FEATURES);
      body.set(feature, i32.add(feature, i32.const(4 * TILE_FEATURES)));
      body.set(weights, i32.add(weights, i32.const(4 * TILE_FEATURES * dims)));
      const isWhole = i32.geU(i32.sub(feature, group), i32.const(4 * groupFeatures(dims)));
      body.if(isWhole, () => endGroup(feature));
      return i32.ltU(feature, i32.const(4 * (features - rest)));
    });
  }
  if (rest > 0) tile(rest);
  body.if(i32.ltU(group, i32.const(4 * features)), () => endGroup(i32.const(4 * features)));
  body.store(panel.address, memory.panel.loss, sums.loss);
}

/** Emits code that copies the hidden vectors to blocks of rows, dimension by dimension. */
function emitTranspose(
  body: Body,
  { shape, memory, scratch }: LargeContext,
  { address, rowBytes }: Panel,
): void {
  const row = body.hold(i32.const(0));
  const from = body.hold(address);
  const block = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => {
      const lane = i32.and(row, i32.const(4 * BLOCK_ROWS - 1));
      const to = body.hold(i32.add(block, lane));
      const at = body.hold(from);
      const end = body.hold(i32.add(from, i32.const(4 * shape.dims)));
      body.doWhile(() => {
        body.store(to, scratch.transposed, f32.load(at, memory.panel.hidden));
        body.set(to, i32.add(to, i32.const(4 * BLOCK_ROWS)));
        body.set(at, i32.add(at, i32.const(4)));
        return i32.ltU(at, end);
      });
    });
    body.set(row, i32.add(row, i32.const(4)));
    body.set(from, i32.add(from, i32.const(memory.rowBytes)));
    body.if(i32.eqz(i32.and(row, i32.const(4 * BLOCK_ROWS - 1))), () =>
      body.set(block, i32.add(block, i32.const(4 * BLOCK_ROWS * shape.dims))),
    );
    return i32.ltU(row, rowBytes);
  });
}

/** Some features of a panel: 4 times the first and the byte offset of its row of W, and their number. */
interface Tile {
  readonly panel: Panel;
  readonly sums: Sums;
  readonly feature: Local<'i32'>;
  readonly weights: Local<'i32'>;
  readonly count: number;
}

/** Emits the outputs of a tile for all rows, then what is done with them. */
function emitTile(body: Body, context: LargeContext, tile: Tile): void {
  const { shape } = context;
  const { panel } = tile;
  const vectors = shape.isWide ? 4 : 2;
  const row = body.hold(i32.const(0));
  const block = body.hold(i32.const(0));
  body.doWhile(() => {
    for (let first = 0; first < BLOCK_ROWS / 4; first += vectors) {
      body.scope(() => emitProducts(body, context, tile, { row, block, first, vectors }));
    }
    body.set(row, i32.add(row, i32.const(4 * BLOCK_ROWS)));
    body.set(block, i32.add(block, i32.const(4 * BLOCK_ROWS * shape.dims)));
    return i32.ltU(row, panel.rowBytes);
  });
  body.if(i32.ltU(panel.rowBytes, i32.const(4 * PANEL_ROWS)), () =>
    emitPadding(body, context, tile),
  );
  const each = body.hold(i32.const(0));
  const feature = body.hold(tile.feature);
  body.doWhile(() => {
    body.scope(() => emitFeature(body, context, tile, { each, feature }));
    body.set(feature, i32.add(feature, i32.const(4)));
    body.set(each, i32.add(each, i32.const(ROW_BYTES)));
    return i32.ltU(each, i32.const(tile.count * ROW_BYTES));
  });
}

/** Emits code that clips the outputs of rows behind the last one. */
function emitPadding(body: Body, { scratch }: LargeContext, { panel, count }: Tile): void {
  const row = body.hold(panel.rowBytes);
  body.doWhile(() => {
    for (let k = 0; k < count; k++) body.store(row, scratch.outputs + k * ROW_BYTES, f32.const(-1));
    body.set(row, i32.add(row, i32.const(4)));
    return i32.ltU(row, i32.const(4 * PANEL_ROWS));
  });
}

/** Some vectors of a block of rows: 4 times its first row, the byte offset of its hidden vectors, and the vectors. */
interface RowBlock {
  readonly row: I32;
  readonly block: I32;
  readonly first: number;
  readonly vectors: number;
}

/** Emits the outputs of a tile for some rows, before the activation. */
function emitProducts(
  body: Body,
  { math, shape, memory, scratch }: LargeContext,
  { feature, weights, count }: Tile,
  { row, block, first, vectors }: RowBlock,
): void {
  const { dims, hasBias, parameters } = shape;
  const bias = memory.parameters + 4 * parameters.bias.from;
  const sums = Array.from({ length: count }, (_feature, k) =>
    Array.from({ length: vectors }, () =>
      body.hold(hasBias ? v128.loadSplat(feature, bias + 4 * k) : f32x4.const(0)),
    ),
  );
  const weightAt = body.hold(weights);
  const hiddenAt = body.hold(block);
  const accumulate = (d: number): void =>
    body.scope(() => {
      const h = Array.from({ length: vectors }, (_, v) => {
        const place = scratch.transposed + 4 * BLOCK_ROWS * d + 16 * (first + v);
        return body.hold(v128.load(hiddenAt, place));
      });
      sums.forEach((own, k) => {
        const w = body.hold(v128.loadSplat(weightAt, memory.parameters + 4 * (k * dims + d)));
        own.forEach((sum, v) => body.set(sum, math.multiplyAdd(h[v], w, sum)));
      });
    });
  const whole = dims - (dims % UNROLL);
  if (whole > 0) {
    const end = body.hold(i32.add(weights, i32.const(4 * whole)));
    body.doWhile(() => {
      for (let d = 0; d < UNROLL; d++) accumulate(d);
      body.set(weightAt, i32.add(weightAt, i32.const(4 * UNROLL)));
      body.set(hiddenAt, i32.add(hiddenAt, i32.const(4 * UNROLL * BLOCK_ROWS)));
      return i32.ltU(weightAt, end);
    });
  }
  for (let d = 0; d < dims % UNROLL; d++) accumulate(d);
  sums.forEach((own, k) =>
    body.storeVectors(row, scratch.outputs + k * ROW_BYTES + 16 * first, own),
  );
}

/** Emits what is done with the outputs of a feature: losses, the list of unclipped outputs, and the sum of their gradients. */
function emitFeature(
  body: Body,
  context: LargeContext,
  { panel, sums }: Tile,
  { each, feature }: { readonly each: I32; readonly feature: Local<'i32'> },
): void {
  const { memory, scratch } = context;
  const { active, errors, biases } = memory.panel;
  const { address, rowBytes } = panel;
  const [from, to] = boundsOf(body, address, active, feature);
  const placeOf = (row: I32): I32 => i32.add(each, row);
  overEntries(body, address, active, [from, to], (row, at, numbers) =>
    body.store(placeOf(row), scratch.inputs, f32.load(at, numbers)),
  );
  const featureAt = body.hold(i32.add(address, feature));
  body.store(featureAt, errors.starts, sums.errorEnd);
  const squares = body.hold(f32x4.const(0));
  const sent = body.hold(f32x4.const(0));
  const end = body.hold(i32.add(address, sums.errorEnd));
  const row = body.hold(i32.const(0));
  body.doWhile(() => {
    body.scope(() => emitUnclipped(body, context, { each, feature, row, end, squares, sent }));
    body.set(row, i32.add(row, i32.const(16 * CHECKED)));
    return i32.ltU(row, rowBytes);
  });
  body.set(sums.errorEnd, i32.sub(end, address));
  body.store(featureAt, biases, sumOfLanes(body, sent));
  const total = body.hold(wideSum(body, squares));
  overEntries(body, address, active, [from, to], (at) => {
    const place = body.hold(placeOf(at));
    const isOpen = f32.lt(f32.const(0), f32.load(place, scratch.outputs));
    body.if(i32.eqz(isOpen), () => {
      const x = body.hold(f32.toF64(f32.load(place, scratch.inputs)));
      body.set(total, f64.add(total, f64.mul(x, x)));
    });
    body.store(place, scratch.inputs, f32.const(0));
  });
  const importance = f32.toF64(f32.load(feature, memory.importance));
  body.set(sums.loss, f64.add(sums.loss, f64.mul(importance, total)));
}

/** Some rows of a feature: 4 times the first row, the end of the feature's list, and sums over rows. */
interface FeatureRows {
  readonly each: I32;
  readonly feature: I32;
  readonly row: I32;
  readonly end: Local<'i32'>;
  readonly squares: Local<'v128'>;
  readonly sent: Local<'v128'>;
}

/** Emits code that appends the unclipped outputs of some rows to the list of their feature. */
function emitUnclipped(
  body: Body,
  { math, shape, memory, scratch }: LargeContext,
  { each, feature, row, end, squares, sent }: FeatureRows,
): void {
  const activation = activationLanes(shape.activation);
  const { errors } = memory.panel;
  const at = body.hold(i32.add(each, row));
  // Not `gt`: NaN counts as unclipped, so that a divergence is not lost.
  const clipped = Array.from({ length: CHECKED }, (_, v) =>
    body.hold(f32x4.le(v128.load(at, scratch.outputs + 16 * v), f32x4.const(0))),
  );
  const all = clipped.reduce((a, b) => body.hold(v128.and(a, b)));
  body.if(i32.ne(i32x4.bitmask(all), i32.const(ALL_LANES)), () => {
    const pull = body.hold(v128.loadSplat(feature, memory.pull));
    clipped.forEach((mask, v) =>
      body.scope(() => {
        const output = body.hold(v128.load(at, scratch.outputs + 16 * v));
        const { value, backward } = activation.withSlope(body, math, output);
        const x = v128.load(at, scratch.inputs + 16 * v);
        const error = body.hold(v128.andNot(f32x4.sub(value, x), mask));
        body.set(squares, math.multiplyAdd(error, error, squares));
        const gradient = body.hold(backward(body.hold(f32x4.mul(error, pull))));
        body.set(sent, f32x4.add(sent, gradient));
        const { order, size } = compactionOf(body, mask, memory);
        body.store(end, errors.numbers, v128.swizzle(gradient, order));
        const rows = v128.load(row, memory.rowNumbers + 16 * v);
        body.store(end, errors.rows, v128.swizzle(rows, order));
        body.set(end, i32.add(end, size));
      }),
    );
  });
}
