/** A factorisation L L^T of a positive semidefinite matrix. */
export interface SemidefiniteFactor {
  readonly rank: number;
  /** N x rank, row-major; row i has zeros from column min(rank, i + 1) on. */
  readonly factor: Float64Array;
}

/**
 * The Cholesky factor of a positive semidefinite matrix, without the columns whose pivot is zero: one column for each row
 * that is linearly independent of the rows before it (Golub & Van Loan, Matrix Computations, section 4.2.8, without
 * pivoting).
 *
 * A pivot counts as 0 below N 2^-50 times its diagonal entry; the neglected entries are at most the square root of that.
 *
 * @param matrix N x N, row-major, symmetric.
 * @param size N.
 * @returns the factor and its number of columns.
 * @example
 * ```js
 * import { semidefiniteCholesky } from 'polysem/linalg';
 * semidefiniteCholesky(Float64Array.of(4, 2, 2, 1), 2); // { rank: 1, factor: [2, 1] }
 * ```
 */
export function semidefiniteCholesky(matrix: Float64Array, size: number): SemidefiniteFactor {
  const columns: Float64Array[] = [];
  for (let pivot = 0; pivot < size; pivot++) {
    let left = matrix[pivot * size + pivot];
    for (const column of columns) left -= column[pivot] ** 2;
    if (!(left > size * 2 ** -50 * matrix[pivot * size + pivot])) continue;
    const root = Math.sqrt(left);
    const next = new Float64Array(size);
    next[pivot] = root;
    for (let i = pivot + 1; i < size; i++) {
      let entry = matrix[i * size + pivot];
      for (const column of columns) entry -= column[i] * column[pivot];
      next[i] = entry / root;
    }
    columns.push(next);
  }
  const rank = columns.length;
  const factor = new Float64Array(size * rank);
  columns.forEach((column, k) => column.forEach((entry, i) => (factor[i * rank + k] = entry)));
  return { rank, factor };
}
