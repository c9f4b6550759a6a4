import { blockedEigenvalues } from './eigen/blocked-eigenvalues.ts';
import { plainEigen } from './eigen/plain-eigen.ts';
import { BLOCKED_FROM, filling, scaleFactor, unscaled } from './eigen/scaled-matrix.ts';
import type { EigenOptions } from './symmetric-eigen.ts';

/**
 * Eigenvalues of a symmetric matrix: as `symmetricEigen`, in a third of the time and half of the memory.
 *
 * @param matrix n x n, row-major; only the lower triangle is read.
 * @param n size of the matrix.
 * @param options progress callback.
 * @returns eigenvalues, largest first.
 * @throws RangeError if the length is not n^2 or an entry is not finite.
 * @example
 * ```js
 * import { symmetricEigenvalues } from 'polysem/linalg';
 * symmetricEigenvalues(Float64Array.of(2, 0, 0, 5), 2); // [5, 2]
 * ```
 */
export function symmetricEigenvalues(
  matrix: Float64Array,
  n: number,
  { onProgress = () => {} }: EigenOptions = {},
): Float64Array {
  const factor = scaleFactor(matrix, n, 'symmetricEigenvalues');
  const values =
    (n < BLOCKED_FROM ? null : blockedEigenvalues(n, filling(matrix, n, factor), onProgress)) ??
    plainEigen(matrix, n, factor).values;
  return unscaled(values, factor);
}
