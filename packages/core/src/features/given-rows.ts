import { integerBelow, type Generator } from '@polysem/numerics/random';
import type { SparseBatch } from './sparse.ts';

/** Rows of given data that batches are drawn from, with replacement, each equally likely. */
export interface GivenRows {
  readonly kind: 'rows';
  readonly batch: SparseBatch;
  /** Which of its rows. */
  readonly chosen: Uint32Array;
}

/** Draws so many rows. */
export function drawRows(g: Generator, { batch, chosen }: GivenRows, rows: number): SparseBatch {
  const drawn = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) drawn[row] = chosen[integerBelow(g, chosen.length)];
  return selectRows(batch, drawn);
}

/** The rows of a batch that are named, in that order; a row may be named more than once. */
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
