import { activationLanes } from '../../activations/registry.ts';
import { addToMemory } from './add-to-memory.ts';
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

/** Sums over rows of some columns, a vector each: squared errors, and gradients of the biases. */
export interface ColumnSums {
  readonly squares: readonly Local<'v128'>[];
  readonly biasSums: readonly Local<'v128'>[];
}

/** Vectors that are checked together for unclipped outputs: as many for every tile size, so that the order of sums is the same. */
const CHECKED = 2;

/**
 * Emits code that appends the unclipped outputs among some columns of a row to the row's list: the gradients with respect to them,
 * and their places. Where two vectors have one, it adds the losses of all their columns and sets their dense inputs to 0, so that
 * what remains are the inputs at which no output nearby is unclipped.
 */
export function emitUnclipped(
  body: Body,
  context: SparseContext,
  column: I32,
  outputs: RowOutputs,
  totals: ColumnSums,
): void {
  for (let first = 0; first < outputs.sums.length; first += CHECKED)
    body.scope(() => emitChecked(body, context, { column, first, outputs, totals }));
}

/** Vectors of outputs of a row, from number `first` on. */
interface CheckedOutputs {
  readonly column: I32;
  readonly first: number;
  readonly outputs: RowOutputs;
  readonly totals: ColumnSums;
}

function emitChecked(
  body: Body,
  { math, structure, memory, panel }: SparseContext,
  { column, first, outputs, totals }: CheckedOutputs,
): void {
  const { row, rowOffset, inputAt, inputOffset } = outputs;
  const own = <T>(all: readonly T[]): readonly T[] => all.slice(first, first + CHECKED);
  const sums = own(outputs.sums);
  const squares = own(totals.squares);
  const biasSums = own(totals.biasSums);
  const activation = activationLanes(structure.activation);
  // Not `gt`: NaN counts as unclipped, so that a divergence is not lost.
  const clipped = sums.map((sum) => body.hold(f32x4.le(sum, f32x4.const(0))));
  const all = clipped.reduce((a, b) => body.hold(v128.and(a, b)));
  body.if(i32.ne(i32x4.bitmask(all), i32.const(ALL_LANES)), () => {
    const inputs = panel.inputs + inputOffset + 16 * first;
    const sent = sums.map((sum, v) => {
      const { value, backward } = activation.withSlope(body, math, sum);
      const error = body.hold(f32x4.sub(value, v128.load(inputAt, inputs + 16 * v)));
      body.set(squares[v], math.multiplyAdd(error, error, squares[v]));
      const pull = v128.load(column, memory.pull + 16 * (first + v));
      return body.hold(backward(body.hold(f32x4.mul(error, pull))));
    });
    sent.forEach((error, v) => body.set(biasSums[v], f32x4.add(biasSums[v], error)));
    const zero = body.hold(f32x4.const(0));
    body.storeVectors(
      inputAt,
      inputs,
      sums.map(() => zero),
    );
    const end = body.hold(i32.load(row, panel.outputEnds + rowOffset));
    sent.forEach((error, v) => {
      const { order, size } = compactionOf(body, clipped[v], panel);
      body.store(end, panel.outputValues, v128.swizzle(error, order));
      const places = v128.load(column, panel.featurePlaces + 16 * (first + v));
      body.store(end, panel.outputPlaces, v128.swizzle(places, order));
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

/** Emits code that adds the losses of the active inputs that are left in the dense inputs, and sets these to 0. */
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

/** Emits the backward pass from lists of unclipped outputs. */
export function emitListGradient(body: Body, context: SparseContext, rows: I32): void {
  const { math, structure, panel } = context;
  overRows(body, panel, rows, (row, hiddenAt) => {
    const from = body.hold(i32.mul(row, i32.const(panel.outputCapacity)));
    const to = body.hold(i32.load(row, panel.outputEnds));
    overParts(panel.weights.rowBytes / 16, structure.isWide ? 10 : 5, (first, count) => {
      body.scope(() => {
        const h = holdVectors(body, hiddenAt, panel.hidden + 16 * first, count);
        const errors = h.map(() => body.hold(f32x4.const(0)));
        overList(body, from, to, (at) => {
          const pull = body.hold(v128.loadSplat(at, panel.outputValues));
          const place = body.hold(i32.load(at, panel.outputPlaces));
          errors.forEach((error, k) => {
            const w = v128.load(place, panel.readOut + 16 * (first + k));
            body.set(error, math.multiplyAdd(pull, w, error));
          });
          addToMemory(body, count, place, panel.readOutGradient + 16 * first, (k, sum) =>
            math.multiplyAdd(pull, h[k], sum),
          );
        });
        emitEmbeddingGradient(body, context, row, errors, first);
      });
    });
  });
}
