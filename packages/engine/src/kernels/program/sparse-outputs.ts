import type { Body } from '@polysem/numerics/wasm';
import { f32x4, i32, v128, type I32 } from '@polysem/numerics/wasm';
import type { SparseContext } from './context.ts';
import { SPARSE_STRIP } from './kernel-memory.ts';
import { emitOutputErrors, overColumns, type Columns, type OutputForm } from './output-errors.ts';
import { transposedStride } from './padded-weights.ts';

/** Some columns of a strip of rows: 4 times the first row, and the byte offsets of its hidden vector and inputs. */
interface OutputTile extends Columns {
  readonly row: I32;
  readonly hiddenAt: I32;
  readonly inputAt: I32;
}

/** Emits all outputs of a panel from its hidden vectors, a few vectors of features at a time. */
export function emitSparseOutputs(
  body: Body,
  context: SparseContext,
  rows: I32,
  form: OutputForm,
): void {
  const { features, isWide } = context.structure;
  overColumns(body, features, isWide ? 4 : 2, (column, count) =>
    body.scope(() => emitColumns(body, context, rows, { column, count, form })),
  );
}

/** Emits the outputs of some columns for all rows. */
function emitColumns(body: Body, context: SparseContext, rows: I32, columns: Columns): void {
  const { memory, panel } = context;
  const { column, count } = columns;
  const row = body.hold(i32.const(0));
  const hiddenAt = body.hold(i32.const(0));
  const inputAt = body.hold(column);
  body.doWhile(() => {
    body.scope(() => {
      emitSums(body, context, { ...columns, row, hiddenAt, inputAt });
      emitOutputErrors(body, context, columns, (finish) => {
        for (let r = 0; r < SPARSE_STRIP; r++) {
          body.scope(() => {
            const sums = Array.from({ length: count }, (_, v) =>
              body.hold(v128.load(i32.const(0), memory.tile + 16 * (r * count + v))),
            );
            finish({ row, rowOffset: 4 * r, inputAt, inputOffset: r * panel.inputStride, sums });
          });
        }
      });
    });
    body.set(row, i32.add(row, i32.const(4 * SPARSE_STRIP)));
    body.set(hiddenAt, i32.add(hiddenAt, i32.const(SPARSE_STRIP * panel.weights.rowBytes)));
    body.set(inputAt, i32.add(inputAt, i32.const(SPARSE_STRIP * panel.inputStride)));
    return i32.ltU(row, i32.shl(rows, i32.const(2)));
  });
}

/** Emits the outputs of a tile before their activation, and stores them in the scratch memory. */
function emitSums(body: Body, context: SparseContext, tile: OutputTile): void {
  const { math, structure, memory, panel } = context;
  const { dims, features, parameters } = structure;
  const { column, count, hiddenAt } = tile;
  const bias = memory.parameters + 4 * parameters.bias.from;
  const columnBytes = transposedStride(features);
  const sums = Array.from({ length: SPARSE_STRIP * count }, (_, at) =>
    body.hold(
      parameters.bias.length > 0 ? v128.load(column, bias + 16 * (at % count)) : f32x4.const(0),
    ),
  );
  const accumulate = (d: number, weightAt: I32, valueAt: I32): void =>
    body.scope(() => {
      const w = Array.from({ length: count }, (_, v) =>
        body.hold(v128.load(weightAt, panel.transposed + d * columnBytes + 16 * v)),
      );
      for (let r = 0; r < SPARSE_STRIP; r++) {
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
  body.storeVectors(i32.const(0), memory.tile, sums);
}
