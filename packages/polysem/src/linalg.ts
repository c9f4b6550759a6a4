/**
 * Linear algebra: symmetric eigenvalues, Cholesky, orthonormal rows, assignment.
 *
 * @module
 */
export * from '@polysem/numerics/linalg';
