import type { SparseContext } from './context.ts';
import { activationLanes } from '../../activations/registry.ts';
import { foldSums } from './loss-sum.ts';
import { transposedStride } from './padded-weights.ts';
import { emitBroadcastProduct } from './broadcast-product.ts';
import {
  HELD_VECTORS,
  emitClearInputs,
  emitEmbeddingGradient,
  emitHidden,
  holdVectors,
  overParts,
  overList,
  overRows,
} from './sparse-rows.ts';
import type { Body, FunctionHandle, Local } from '@polysem/numerics/wasm';
import { f32x4, i32, i32x4, v128, type I32 } from '@polysem/numerics/wasm';

/** Rows per tile of outputs. */
const TILE = 5;

/**
 * Defines a function that processes a panel of a plain compression model with sparse inputs. The forward pass goes from
 * lists of active inputs to hidden vectors and densely to all outputs. The backward pass visits only the outputs that ReLU
 * does not clip, as long as they are few.
 */
export function defineSparseFeaturewise(context: SparseContext): FunctionHandle<null> {
  const { module, structure, memory, panel } = context;
  const { isRectified } = activationLanes(structure.activation);
  return module.define(
    ['i32'],
    null,
    (body, drawn) => {
      const here = i32.const(0);
      const rows = body.hold(
        i32.mul(i32.divU(i32.add(drawn, i32.const(TILE - 1)), i32.const(TILE)), i32.const(TILE)),
      );
      emitHidden(body, context, rows);
      overRows(body, panel, rows, (row) =>
        body.store(row, panel.outputEnds, i32.mul(row, i32.const(panel.outputCapacity))),
      );
      const isDense = isRectified
        ? body.hold(i32.load(here, panel.denseOutputs))
        : body.hold(i32.const(1));
      const forward = (form: OutputForm): void => emitAllOutputs(body, context, rows, form);
      if (isRectified) {
        body.if(
          isDense,
          () => forward('dense'),
          () => {
            forward('lists');
            emitCount(body, context, rows);
          },
        );
      } else {
        forward('dense');
      }
      foldSums(body, structure, memory);
      body.if(i32.load(here, memory.wantsGradient), () => {
        const dense = (): void => emitDenseGradient(body, context, rows);
        if (!isRectified) dense();
        else body.if(isDense, dense, () => emitListGradient(body, context, rows));
      });
      emitClearInputs(body, panel);
    },
    'computePanel',
  );
}

/** Storage of output errors: lists of the unclipped outputs, or a dense array of all outputs. */
type OutputForm = 'lists' | 'dense';

/** Vectors of features whose outputs are computed at once: byte offset of the first, and number. */
interface Columns {
  readonly column: I32;
  readonly count: number;
  readonly form: OutputForm;
}

/** Some columns of `TILE` rows: 4 times the first row, and the byte offsets of its hidden vector and inputs. */
interface OutputTile extends Columns {
  readonly row: I32;
  readonly hiddenAt: I32;
  readonly inputAt: I32;
}

/** Fraction of unclipped outputs above which lists cost more than a dense array. */
const DENSE_OUTPUTS = 0.2;

/** Emits code that switches the rest of a batch to dense output errors once a panel has too many unclipped outputs. */
function emitCount(body: Body, { structure, panel }: SparseContext, rows: I32): void {
  const bytes = body.hold(i32.const(0));
  overRows(body, panel, rows, (row) => {
    const from = i32.mul(row, i32.const(panel.outputCapacity));
    body.set(bytes, i32.add(bytes, i32.sub(i32.load(row, panel.outputEnds), from)));
  });
  const most = i32.mul(rows, i32.const(Math.floor(4 * structure.features * DENSE_OUTPUTS)));
  body.if(i32.ltU(most, bytes), () => body.store(i32.const(0), panel.denseOutputs, i32.const(1)));
}

/** Emits all outputs of a panel, a few vectors of features at a time. */
function emitAllOutputs(body: Body, context: SparseContext, rows: I32, form: OutputForm): void {
  const { structure } = context;
  const columns = Math.ceil(structure.features / 4);
  const width = structure.isWide ? 4 : 2;
  const looped = Math.floor(columns / width) * width;
  const column = body.hold(i32.const(0));
  const outputs = (count: number): void =>
    emitOutputs(body, context, rows, { column, count, form });
  if (looped > 0) {
    body.doWhile(() => {
      outputs(width);
      body.set(column, i32.add(column, i32.const(16 * width)));
      return i32.ltU(column, i32.const(16 * looped));
    });
  }
  if (columns > looped) outputs(columns - looped);
}

/** Emits the backward pass from lists of unclipped outputs. */
function emitListGradient(body: Body, context: SparseContext, rows: I32): void {
  const { math, panel } = context;
  overRows(body, panel, rows, (row, hiddenAt) => {
    const from = body.hold(i32.mul(row, i32.const(panel.outputCapacity)));
    const to = body.hold(i32.load(row, panel.outputEnds));
    overParts(panel.weights.rowBytes / 16, 5, (first, count) => {
      body.scope(() => {
        const h = holdVectors(body, hiddenAt, panel.hidden + 16 * first, count);
        const errors = h.map(() => body.hold(f32x4.const(0)));
        overList(body, from, to, (at) => {
          const pull = body.hold(v128.loadSplat(at, panel.outputValues));
          const place = body.hold(i32.load(at, panel.outputPlaces));
          h.forEach((value, k) => {
            const offset = 16 * (first + k);
            const w = v128.load(place, panel.readOut + offset);
            body.set(errors[k], math.multiplyAdd(pull, w, errors[k]));
            const target = panel.readOutGradient + offset;
            body.store(place, target, math.multiplyAdd(pull, value, v128.load(place, target)));
          });
        });
        emitEmbeddingGradient(body, context, row, errors, first);
      });
    });
  });
}

/** Emits the backward pass from all outputs. */
function emitDenseGradient(body: Body, context: SparseContext, rows: I32): void {
  const { structure, panel } = context;
  const { features } = structure;
  const { rowBytes } = panel.weights;
  const vectors = rowBytes / 16;
  const shared = { vectors, zero: f32x4.const(0) };
  emitBroadcastProduct(body, context, {
    ...shared,
    outputs: rows,
    knownOutputs: null,
    inputs: i32.const(features),
    weights: { address: panel.errors, perOutput: panel.inputStride, perInput: 4 },
    matrix: { address: panel.readOut, perInput: rowBytes },
    output: { address: panel.hiddenErrors, perOutput: rowBytes, isAdded: false },
  });
  emitBroadcastProduct(body, context, {
    ...shared,
    outputs: i32.const(features),
    knownOutputs: features,
    inputs: rows,
    weights: { address: panel.errors, perOutput: 4, perInput: panel.inputStride },
    matrix: { address: panel.hidden, perInput: rowBytes },
    output: { address: panel.readOutGradient, perOutput: rowBytes, isAdded: true },
  });
  overRows(body, panel, rows, (row, hiddenAt) => {
    overParts(vectors, HELD_VECTORS, (first, count) => {
      body.scope(() => {
        const errors = holdVectors(body, hiddenAt, panel.hiddenErrors + 16 * first, count);
        emitEmbeddingGradient(body, context, row, errors, first);
      });
    });
  });
}

/** Emits losses, bias sums and errors of the outputs in `count` vectors of features from `column`, for all rows. */
function emitOutputs(body: Body, context: SparseContext, rows: I32, columns: Columns): void {
  const { structure, memory, panel } = context;
  const { column, count } = columns;
  const hasBias = structure.parameters.bias.length > 0;
  body.scope(() => {
    const row = body.hold(i32.const(0));
    const hiddenAt = body.hold(i32.const(0));
    const inputAt = body.hold(column);
    const tile: OutputTile = { ...columns, row, hiddenAt, inputAt };
    body.doWhile(() => {
      body.scope(() => {
        emitSums(body, context, tile);
        const biasSums = Array.from({ length: count }, () => body.hold(f32x4.const(0)));
        const squares = Array.from({ length: count }, () => body.hold(f32x4.const(0)));
        for (let r = 0; r < TILE; r++)
          body.scope(() => emitErrors(body, context, tile, r, { biasSums, squares }));
        addVectors(body, column, memory.lossSums, squares);
        if (hasBias) addVectors(body, column, memory.biasSums, biasSums);
      });
      body.set(row, i32.add(row, i32.const(4 * TILE)));
      body.set(hiddenAt, i32.add(hiddenAt, i32.const(TILE * panel.weights.rowBytes)));
      body.set(inputAt, i32.add(inputAt, i32.const(TILE * panel.inputStride)));
      return i32.ltU(row, i32.shl(rows, i32.const(2)));
    });
  });
}

/** Emits the outputs of a tile before their activation, and stores them in the scratch memory. */
function emitSums(body: Body, context: SparseContext, tile: OutputTile): void {
  const { math, structure, memory, panel } = context;
  const { dims, features, parameters } = structure;
  const { column, count, hiddenAt } = tile;
  const bias = memory.parameters + 4 * parameters.bias.from;
  const columnBytes = transposedStride(features);
  const sums = Array.from({ length: TILE * count }, (_, at) =>
    body.hold(
      parameters.bias.length > 0 ? v128.load(column, bias + 16 * (at % count)) : f32x4.const(0),
    ),
  );
  const accumulate = (d: number, weightAt: I32, valueAt: I32): void =>
    body.scope(() => {
      const w = Array.from({ length: count }, (_, v) =>
        body.hold(v128.load(weightAt, panel.transposed + d * columnBytes + 16 * v)),
      );
      for (let r = 0; r < TILE; r++) {
        const offset = panel.hidden + r * panel.weights.rowBytes + 4 * d;
        const h = body.hold(v128.loadSplat(valueAt, offset));
        for (let v = 0; v < count; v++) {
          const sum = sums[r * count + v];
          body.set(sum, math.multiplyAdd(h, w[v], sum));
        }
      }
    });
  if (dims <= 32) {
    for (let d = 0; d < dims; d++) accumulate(d, column, hiddenAt);
  } else {
    const weightAt = body.hold(column);
    const valueAt = body.hold(hiddenAt);
    const unroll = 8;
    const left = body.hold(i32.const(Math.floor(dims / unroll)));
    body.doWhile(() => {
      for (let d = 0; d < unroll; d++) accumulate(d, weightAt, valueAt);
      body.set(weightAt, i32.add(weightAt, i32.const(unroll * columnBytes)));
      body.set(valueAt, i32.add(valueAt, i32.const(4 * unroll)));
      body.set(left, i32.sub(left, i32.const(1)));
      return left;
    });
    for (let d = 0; d < dims % unroll; d++) accumulate(d, weightAt, valueAt);
  }
  // Store the sums contiguously, so that V8 can pair them.
  sums.forEach((sum, k) => body.store(i32.const(0), memory.tile + 16 * k, sum));
}

/** Emits the errors of row `r` of a tile, and adds them to the sums per feature. */
function emitErrors(
  body: Body,
  { math, structure, memory, panel }: SparseContext,
  { column, count, form, row, inputAt }: OutputTile,
  r: number,
  { biasSums, squares }: Readonly<Record<'biasSums' | 'squares', readonly Local<'v128'>[]>>,
): void {
  const activation = activationLanes(structure.activation);
  const end = body.hold(i32.load(row, panel.outputEnds + 4 * r));
  for (let v = 0; v < count; v++) {
    const sum = body.hold(v128.load(i32.const(0), memory.tile + 16 * (r * count + v)));
    const { value, backward } = activation.withSlope(body, math, sum);
    const x = v128.load(inputAt, panel.inputs + r * panel.inputStride + 16 * v);
    const error = body.hold(f32x4.sub(value, x));
    body.set(squares[v], math.multiplyAdd(error, error, squares[v]));
    const pull = v128.load(column, memory.pull + 16 * v);
    const sent = body.hold(backward(body.hold(f32x4.mul(error, pull))));
    body.set(biasSums[v], f32x4.add(biasSums[v], sent));
    if (form === 'dense') {
      body.store(inputAt, panel.errors + r * panel.inputStride + 16 * v, sent);
      continue;
    }
    // Move the errors and feature offsets of unclipped lanes to the front.
    const mask = body.hold(i32.shl(i32x4.bitmask(f32x4.gt(sum, f32x4.const(0))), i32.const(4)));
    const order = body.hold(v128.load(mask, panel.compaction));
    body.store(end, panel.outputValues, v128.swizzle(sent, order));
    const places = v128.load(column, panel.featurePlaces + 16 * v);
    body.store(end, panel.outputPlaces, v128.swizzle(places, order));
    const size = i32.load(i32.shrU(mask, i32.const(2)), panel.compactionSizes);
    body.set(end, i32.add(end, size));
  }
  if (form === 'lists') body.store(row, panel.outputEnds + 4 * r, end);
}

/** Emits code that adds vectors to consecutive vectors in memory. */
function addVectors(body: Body, at: I32, address: number, vectors: readonly Local<'v128'>[]): void {
  vectors.forEach((sum, v) => {
    const offset = address + 16 * v;
    body.store(at, offset, f32x4.add(v128.load(at, offset), sum));
  });
}
