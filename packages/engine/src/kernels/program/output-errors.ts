import { activationLanes } from '../../activations/registry.ts';
import type { Body, Local } from '@polysem/numerics/wasm';
import { f32x4, i32, v128, type I32 } from '@polysem/numerics/wasm';
import { addVectors } from './add-to-memory.ts';
import type { SparseContext } from './context.ts';
import { emitUnclipped, type ColumnSums, type RowOutputs } from './unclipped-lists.ts';

/** Storage of output errors: lists of the unclipped outputs, or a dense array of all outputs. */
export type OutputForm = 'lists' | 'dense';

/** Vectors of features whose outputs are computed at once: byte offset of the first, and number. */
export interface Columns {
  readonly column: I32;
  readonly count: number;
  readonly form: OutputForm;
}

/**
 * Emits what is done with the outputs of some columns. In lists: unclipped outputs are appended. Dense: errors are stored. Losses
 * and bias gradients are added to the sums per feature once all rows are done.
 *
 * @param emitRows emits the outputs of rows and calls `finish` for each.
 */
export function emitOutputErrors(
  body: Body,
  context: SparseContext,
  columns: Columns,
  emitRows: (finish: (outputs: RowOutputs) => void) => void,
): void {
  const { column, count, form } = columns;
  const { structure, memory } = context;
  const zeros = (): Local<'v128'>[] =>
    Array.from({ length: count }, () => body.hold(f32x4.const(0)));
  const totals = { biasSums: zeros(), squares: zeros() };
  const emit = form === 'lists' ? emitUnclipped : emitErrors;
  emitRows((outputs) => emit(body, context, column, outputs, totals));
  addVectors(body, column, memory.lossSums, totals.squares);
  if (structure.parameters.bias.length > 0)
    addVectors(body, column, memory.biasSums, totals.biasSums);
}

/** Emits the errors of a row, and adds them to the sums over rows. */
function emitErrors(
  body: Body,
  { math, structure, memory, panel }: SparseContext,
  column: I32,
  { inputAt, inputOffset, sums }: RowOutputs,
  { biasSums, squares }: ColumnSums,
): void {
  const activation = activationLanes(structure.activation);
  const sent = sums.map((sum, v) => {
    const { value, backward } = activation.withSlope(body, math, sum);
    const x = v128.load(inputAt, panel.inputs + inputOffset + 16 * v);
    const error = body.hold(f32x4.sub(value, x));
    body.set(squares[v], math.multiplyAdd(error, error, squares[v]));
    const pull = v128.load(column, memory.pull + 16 * v);
    return body.hold(backward(body.hold(f32x4.mul(error, pull))));
  });
  sent.forEach((error, v) => body.set(biasSums[v], f32x4.add(biasSums[v], error)));
  body.storeVectors(inputAt, panel.errors + inputOffset, sent);
}

/** Emits a loop over all columns, `width` vectors at a time, and the rest. */
export function overColumns(
  body: Body,
  features: number,
  width: number,
  visit: (column: I32, count: number) => void,
): void {
  const columns = Math.ceil(features / 4);
  const looped = columns - (columns % width);
  const column = body.hold(i32.const(0));
  if (looped > 0) {
    body.doWhile(() => {
      visit(column, width);
      body.set(column, i32.add(column, i32.const(16 * width)));
      return i32.ltU(column, i32.const(16 * looped));
    });
  }
  if (columns > looped) visit(column, columns - looped);
}
