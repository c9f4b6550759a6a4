import { activationLanes } from '../../activations/registry.ts';
import type { Body, Local } from '@polysem/numerics/wasm';
import { f32, f32x4, i32, i32x4, v128, type I32 } from '@polysem/numerics/wasm';
import { ALL_LANES, compactionOf } from './compaction.ts';
import type { SparseContext } from './context.ts';
import { mostListed } from './product-counts.ts';
import {
  emitEmbeddingGradient,
  holdVectors,
  overList,
  overParts,
  overRows,
} from './sparse-rows.ts';

/*
 * Lists of the outputs that a rectifier does not clip. They are few where inputs are sparse, so that errors, losses and
 * gradients of single numbers cost less than those of all outputs in vectors.
 */

/** Outputs of a row before their activation, a vector each, with the places of the row. */
export interface RowOutputs {
  /** 4 times the row is `row` + `rowOffset`; the byte offset of its dense inputs at these columns is `inputAt` + `inputOffset`. */
  readonly row: I32;
  readonly rowOffset: number;
  readonly inputAt: I32;
  readonly inputOffset: number;
  readonly sums: readonly Local<'v128'>[];
}

/** Emits code that appends the unclipped outputs among some columns of a row, before their activation, to the row's list. */
export function emitUnclipped(
  body: Body,
  { panel }: SparseContext,
  column: I32,
  { row, rowOffset, sums }: RowOutputs,
): void {
  // Not `gt`: NaN counts as unclipped, so that a divergence is not lost.
  const clipped = sums.map((sum) => body.hold(f32x4.le(sum, f32x4.const(0))));
  const all = clipped.reduce((a, b) => body.hold(v128.and(a, b)));
  body.if(i32.ne(i32x4.bitmask(all), i32.const(ALL_LANES)), () => {
    const end = body.hold(i32.load(row, panel.outputEnds + rowOffset));
    sums.forEach((sum, v) => {
      // Move unclipped lanes and their columns to the front.
      const { order, size } = compactionOf(body, clipped[v], panel);
      body.store(end, panel.outputValues, v128.swizzle(sum, order));
      const columns = v128.load(column, panel.featureColumns + 16 * v);
      body.store(end, panel.outputPlaces, v128.swizzle(columns, order));
      body.set(end, i32.add(end, size));
    });
    body.store(row, panel.outputEnds + rowOffset, end);
  });
}

/** Emits code that switches the rest of a batch to dense output errors once a panel has too many unclipped outputs. */
export function emitCount(body: Body, { structure, panel }: SparseContext, rows: I32): void {
  const bytes = body.hold(i32.const(0));
  overRows(body, panel, rows, (row) => {
    const from = i32.mul(row, i32.const(panel.outputCapacity));
    body.set(bytes, i32.add(bytes, i32.sub(i32.load(row, panel.outputEnds), from)));
  });
  const { features, dims } = structure;
  const most = i32.mul(rows, i32.const(Math.floor(4 * features * mostListed(features, dims))));
  body.if(i32.ltU(most, bytes), () => body.store(i32.const(0), panel.denseOutputs, i32.const(1)));
}

/**
 * Emits code that turns lists of outputs and columns into lists of errors and places, and adds losses and bias gradients. It
 * sets the dense inputs of these outputs to 0, so that what remains are the inputs whose outputs are clipped.
 */
export function emitListErrors(body: Body, context: SparseContext, rows: I32): void {
  const { math, structure, memory, panel } = context;
  const activation = activationLanes(structure.activation);
  const hasBias = structure.parameters.bias.length > 0;
  overRows(body, panel, rows, (row) => {
    const from = body.hold(i32.mul(row, i32.const(panel.outputCapacity)));
    const to = body.hold(i32.load(row, panel.outputEnds));
    const rowAt = body.hold(i32.mul(row, i32.const(panel.inputStride / 4)));
    overList(body, from, to, (at) => {
      const column = body.hold(i32.load(at, panel.outputPlaces));
      const inputAt = body.hold(i32.add(rowAt, column));
      const sum = body.hold(v128.loadSplat(at, panel.outputValues));
      const { value, backward } = activation.withSlope(body, math, sum);
      const error = body.hold(f32x4.sub(value, v128.loadSplat(inputAt, panel.inputs)));
      const square = math.multiplyAdd(error, error, v128.loadSplat(column, memory.lossSums));
      body.store(column, memory.lossSums, f32x4.lane(square, 0));
      const pulled = body.hold(f32x4.mul(error, v128.loadSplat(column, memory.pull)));
      const sent = body.hold(f32x4.lane(backward(pulled), 0));
      if (hasBias) addTo(body, column, memory.biasSums, sent);
      body.store(at, panel.outputValues, sent);
      const place = i32.mul(column, i32.const(panel.weights.rowBytes / 4));
      body.store(at, panel.outputPlaces, place);
      body.store(inputAt, panel.inputs, f32.const(0));
    });
  });
}

/** Emits code that adds the losses of active inputs whose outputs are clipped, and sets the dense inputs to 0. */
export function emitClippedInputs(
  body: Body,
  { math, memory, panel }: SparseContext,
  rows: I32,
): void {
  overRows(body, panel, rows, (row) => {
    const from = i32.load(row, panel.starts);
    const to = body.hold(i32.load(row, panel.starts + 4));
    const rowAt = body.hold(i32.mul(row, i32.const(panel.inputStride / 4)));
    overList(body, from, to, (at) => {
      const inputAt = body.hold(i32.load(at, panel.inputPlaces));
      const column = body.hold(i32.sub(inputAt, rowAt));
      const x = body.hold(v128.loadSplat(inputAt, panel.inputs));
      const square = math.multiplyAdd(x, x, v128.loadSplat(column, memory.lossSums));
      body.store(column, memory.lossSums, f32x4.lane(square, 0));
      body.store(inputAt, panel.inputs, f32.const(0));
    });
  });
}

function addTo(body: Body, at: I32, address: number, value: Local<'f32'>): void {
  body.store(at, address, f32.add(f32.load(at, address), value));
}

/** Emits the backward pass from lists of unclipped outputs. */
export function emitListGradient(body: Body, context: SparseContext, rows: I32): void {
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
