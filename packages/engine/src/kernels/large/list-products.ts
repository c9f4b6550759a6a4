import { f32, f32x4, i32, v128, type Body, type I32, type Local } from '@polysem/numerics/wasm';
import { addToMemory } from '../program/add-to-memory.ts';
import { boundsOf, overEntries, type LargeContext } from './large-context.ts';
import { PANEL_ROWS } from './large-shape.ts';
import type { FeatureLists } from './large-memory.ts';

/*
 * Products of lists per feature with rows of numbers. Vectors run over the hidden dimensions, in chunks of so many that the
 * rows of a panel and those of some features stay in the cache.
 */

/** Vectors of hidden dimensions that are held in registers: their number, and the byte offset of the first. */
interface Chunk {
  readonly vectors: number;
  readonly offset: I32;
  /** Numbers of the last vector that belong to the row. */
  readonly lastLanes: number;
}

/** Emits a loop over the chunks of a row. The last vector may be part of the next row. */
function overChunks(body: Body, { shape }: LargeContext, visit: (chunk: Chunk) => void): void {
  const size = shape.isWide ? 16 : 8;
  const vectors = Math.ceil(shape.dims / 4);
  const lastLanes = ((shape.dims - 1) % 4) + 1;
  const whole = Math.floor(lastLanes === 4 ? vectors / size : (vectors - 1) / size);
  const offset = body.hold(i32.const(0));
  if (whole > 0) {
    body.doWhile(() => {
      body.scope(() => visit({ vectors: size, offset, lastLanes: 4 }));
      body.set(offset, i32.add(offset, i32.const(16 * size)));
      return i32.ltU(offset, i32.const(16 * size * whole));
    });
  }
  const rest = vectors - size * whole;
  if (rest > 0) body.scope(() => visit({ vectors: rest, offset, lastLanes }));
}

/** Emits a loop over features from byte offset `from` up to `to`, 4 bytes each. `visit` gets that and the offset of the row of W. */
function overFeatures(
  body: Body,
  { shape }: LargeContext,
  [from, to]: readonly [I32, I32],
  visit: (feature: Local<'i32'>, weights: Local<'i32'>) => void,
): void {
  const feature = body.hold(from);
  const weights = body.hold(i32.mul(feature, i32.const(shape.dims)));
  body.doWhile(() => {
    body.scope(() => visit(feature, weights));
    body.set(feature, i32.add(feature, i32.const(4)));
    body.set(weights, i32.add(weights, i32.const(4 * shape.dims)));
    return i32.ltU(feature, to);
  });
}

/** Sums over features to add to the rows of a panel. */
export interface RowSums {
  readonly panel: I32;
  readonly lists: FeatureLists;
  /** Range of features, 4 bytes each. */
  readonly features: readonly [I32, I32];
  /** Offset of the rows in the memory of the panel. */
  readonly target: number;
}

/** Emits code that sets the rows of a panel to 0. */
export function emitClearRows(
  body: Body,
  { memory }: LargeContext,
  panel: I32,
  target: number,
): void {
  body.clear(i32.add(panel, i32.const(target)), i32.const(PANEL_ROWS * memory.rowBytes));
}

/** Emits sums over features that are added to rows: target[row] += sum_i number(i, row) W_i. */
export function emitRowSums(
  body: Body,
  context: LargeContext,
  { panel, lists, features, target }: RowSums,
): void {
  const { math, memory } = context;
  const { rowBytes } = memory;
  overChunks(body, context, ({ vectors, offset }) => {
    const rowsAt = body.hold(i32.add(panel, offset));
    overFeatures(body, context, features, (feature, weights) => {
      const [from, to] = boundsOf(body, panel, lists, feature);
      body.if(i32.ltU(from, to), () => {
        const at = body.hold(i32.add(weights, offset));
        const w = Array.from({ length: vectors }, (_, v) =>
          body.hold(v128.load(at, memory.parameters + 16 * v)),
        );
        overEntries(body, panel, lists, [from, to], (row, entry, numbers) => {
          const number = body.hold(v128.loadSplat(entry, numbers));
          const rowAt = body.hold(i32.add(rowsAt, i32.mul(row, i32.const(rowBytes / 4))));
          addToMemory(body, vectors, rowAt, target, (v, sum) =>
            math.multiplyAdd(number, w[v], sum),
          );
        });
      });
    });
  });
}

/** Features whose gradient one task computes, a range of byte offsets of 4 bytes each, and the panels over which it sums. */
export interface GradientTask {
  readonly features: readonly [I32, I32];
  /** End of the panels in memory. */
  readonly end: I32;
}

/** Emits the gradient of W of some features: adds the sums over panels of errors times h and of inputs times errors of h. */
export function emitGradientSums(
  body: Body,
  context: LargeContext,
  { features, end }: GradientTask,
): void {
  const { memory } = context;
  overChunks(body, context, (chunk) => {
    const panel = body.hold(i32.const(memory.panels));
    body.doWhile(() => {
      overFeatures(body, context, features, (feature, weights) =>
        emitPanelGradient(body, context, chunk, { panel, feature, weights }),
      );
      body.set(panel, i32.add(panel, i32.const(memory.panel.bytes)));
      return i32.ltU(panel, end);
    });
  });
}

/** Emits the part of a feature's gradient that comes from a panel. */
function emitPanelGradient(
  body: Body,
  { math, memory }: LargeContext,
  { vectors, offset, lastLanes }: Chunk,
  { panel, feature, weights }: { panel: I32; feature: I32; weights: I32 },
): void {
  const { active, errors, hidden, hiddenErrors } = memory.panel;
  const [activeFrom, activeTo] = boundsOf(body, panel, active, feature);
  const [errorFrom, errorTo] = boundsOf(body, panel, errors, feature);
  const place = (v: number): number => memory.gradient + 16 * v;
  const isEmpty = i32.and(i32.eq(activeFrom, activeTo), i32.eq(errorFrom, errorTo));
  body.if(i32.eqz(isEmpty), () => {
    const at = body.hold(i32.add(weights, offset));
    const rowsAt = body.hold(i32.add(panel, offset));
    const sums = Array.from({ length: vectors }, (_, v) => body.hold(v128.load(at, place(v))));
    const add = (lists: FeatureLists, bounds: readonly [I32, I32], rows: number): void =>
      overEntries(body, panel, lists, bounds, (row, entry, numbers) => {
        const number = body.hold(v128.loadSplat(entry, numbers));
        const rowAt = body.hold(i32.add(rowsAt, i32.mul(row, i32.const(memory.rowBytes / 4))));
        sums.forEach((sum, v) =>
          body.set(sum, math.multiplyAdd(number, v128.load(rowAt, rows + 16 * v), sum)),
        );
      });
    add(errors, [errorFrom, errorTo], hidden);
    add(active, [activeFrom, activeTo], hiddenErrors);
    const whole = lastLanes === 4 ? vectors : vectors - 1;
    body.storeVectors(at, place(0), sums.slice(0, whole));
    for (const sum of sums.slice(whole))
      for (let lane = 0; lane < lastLanes; lane++)
        body.store(at, place(whole) + 4 * lane, f32x4.lane(sum, lane));
  });
}

/** Emits the gradient of the biases of some features: adds the sums over panels. */
export function emitBiasSums(
  body: Body,
  { memory, shape }: LargeContext,
  { features: [from, to], end }: GradientTask,
): void {
  const gradient = memory.gradient + 4 * shape.parameters.bias.from;
  const panel = body.hold(i32.const(memory.panels));
  body.doWhile(() => {
    const feature = body.hold(from);
    body.doWhile(() => {
      const part = f32.load(i32.add(panel, feature), memory.panel.biases);
      body.store(feature, gradient, f32.add(f32.load(feature, gradient), part));
      body.set(feature, i32.add(feature, i32.const(4)));
      return i32.ltU(feature, to);
    });
    body.set(panel, i32.add(panel, i32.const(memory.panel.bytes)));
    return i32.ltU(panel, end);
  });
}
