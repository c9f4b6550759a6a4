import { blockedEigen } from './eigen/blocked-eigen.ts';
import { plainEigen } from './eigen/plain-eigen.ts';
import { BLOCKED_FROM, filling, scaleFactor, unscaled } from './eigen/scaled-matrix.ts';

/** Eigenvalues and eigenvectors of a symmetric matrix A = sum_k values[k] v_k v_k^T. */
export interface SymmetricEigen {
  /** The n eigenvalues, largest first. */
  readonly values: Float64Array;
  /** Orthonormal eigenvectors as rows: v_k is `vectors.subarray(k * n, (k + 1) * n)`. */
  readonly vectors: Float64Array;
}

/** Options of an eigendecomposition. */
export interface EigenOptions {
  /** Called with the fraction of the work that is done, 0 to 1; not called for small matrices. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Eigendecomposition of a symmetric matrix: Householder tridiagonalisation, then implicit QL for small matrices, divide
 * and conquer in WebAssembly for larger ones. O(n^3). Eigenvalues are accurate to about n * 2.2e-16 of the largest
 * magnitude, and eigenvectors are orthogonal to the same accuracy, even for close eigenvalues. Memory in addition to
 * the result: n^2 numbers for small matrices, 2 n^2 for larger ones.
 *
 * Sources: Golub & Van Loan, Matrix Computations, 8.3; Gu & Eisenstat, SIAM J. Matrix Anal. Appl. 16 (1995), 172-191.
 *
 * @param matrix n x n, row-major; only the lower triangle is read.
 * @param n size of the matrix.
 * @param options progress callback.
 * @returns eigenvalues, largest first, and eigenvectors as rows.
 * @throws RangeError if the length is not n^2 or an entry is not finite.
 * @example
 * ```js
 * import { symmetricEigen } from 'polysem/linalg';
 * symmetricEigen(Float64Array.of(2, 0, 0, 5), 2).values; // [5, 2]
 * ```
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
  { onProgress = () => {} }: EigenOptions = {},
): SymmetricEigen {
  const factor = scaleFactor(matrix, n, 'symmetricEigen');
  const { values, vectors } =
    (n < BLOCKED_FROM ? null : blockedEigen(n, filling(matrix, n, factor), onProgress)) ??
    plainEigen(matrix, n, factor);
  return { values: unscaled(values, factor), vectors };
}
