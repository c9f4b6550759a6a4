import { integerBelow, type Generator } from '@polysem/numerics/random';
import type { SparseBatch } from './sparse-batch.ts';

/** Rows of a data matrix from which batches are drawn with replacement, each row equally likely. */
export interface RowInputs {
  readonly kind: 'rows';
  /** The whole data matrix. */
  readonly batch: SparseBatch;
  /** Indices of the rows to draw from. */
  readonly chosen: Uint32Array;
}

/** Inputs that are all rows of a batch. */
export function allRows(batch: SparseBatch): RowInputs {
  return { kind: 'rows', batch, chosen: Uint32Array.from({ length: batch.rows }, (_, row) => row) };
}

/** Draws `rows` rows with replacement. */
export function drawRows(g: Generator, { batch, chosen }: RowInputs, rows: number): SparseBatch {
  const drawn = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) drawn[row] = chosen[integerBelow(g, chosen.length)];
  return selectRows(batch, drawn);
}

/**
 * Copies the chosen rows of a batch, in that order; a row may be chosen more than once.
 *
 * @param batch the batch.
 * @param chosen indices of rows.
 * @returns a batch with `chosen.length` rows.
 *
 * @example
 * ```js
 * import { batchOf, selectRows } from 'polysem/features';
 * const batch = batchOf(Float64Array.of(0, 2, 3, 0), 2, 2);
 * selectRows(batch, Uint32Array.of(1, 0, 1)).values; // [3, 2, 3]
 * ```
 */
export function selectRows(batch: SparseBatch, chosen: Uint32Array): SparseBatch {
  const { features, rowStarts } = batch;
  const starts = new Uint32Array(chosen.length + 1);
  chosen.forEach((row, at) => {
    starts[at + 1] = starts[at] + rowStarts[row + 1] - rowStarts[row];
  });
  const indices = new Uint32Array(starts[chosen.length]);
  const values = new Float64Array(indices.length);
  chosen.forEach((row, at) => {
    let to = starts[at];
    for (let from = rowStarts[row]; from < rowStarts[row + 1]; from++, to++) {
      indices[to] = batch.indices[from];
      values[to] = batch.values[from];
    }
  });
  return { rows: chosen.length, features, rowStarts: starts, indices, values };
}
