import { positiveInteger } from '@polysem/numerics/checks';
import type { SparseBatch } from './sparse-batch.ts';

/**
 * Converts a data matrix to a sparse batch. Nonzero entries are active.
 *
 * @param matrix rows x N numbers, row-major.
 * @param rows the number of rows.
 * @param features N, the number of features.
 * @returns the batch.
 * @throws RangeError if the matrix does not have rows x N numbers, or one of them is not finite.
 *
 * @example
 * ```js
 * import { batchOf } from 'polysem/features';
 * batchOf(Float64Array.of(0, 2, 3, 0), 2, 2).indices; // [1, 0]
 * ```
 */
export function batchOf(
  matrix: Float64Array | Float32Array,
  rows: number,
  features: number,
): SparseBatch {
  for (const [name, size] of [
    ['rows', rows],
    ['features', features],
  ] as const) {
    positiveInteger(name, size);
  }
  if (matrix.length !== rows * features) {
    throw new RangeError(
      `matrix: ${rows} rows of ${features} features are ${rows * features} numbers, got ${matrix.length}`,
    );
  }
  let active = 0;
  for (let at = 0; at < matrix.length; at++) {
    if (!Number.isFinite(matrix[at])) {
      throw new RangeError(
        `matrix: row ${Math.floor(at / features)}, feature ${at % features} is ${matrix[at]}; every number must be finite`,
      );
    }
    if (matrix[at] !== 0) active++;
  }
  const rowStarts = new Uint32Array(rows + 1);
  const indices = new Uint32Array(active);
  const values = new Float64Array(active);
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < features; i++) {
      const value = matrix[row * features + i];
      if (value === 0) continue;
      indices[entry] = i;
      values[entry++] = value;
    }
    rowStarts[row + 1] = entry;
  }
  return { rows, features, rowStarts, indices, values };
}
