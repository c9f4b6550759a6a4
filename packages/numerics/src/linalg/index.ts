/**
 * Linear algebra: symmetric eigenvalues, Cholesky, orthonormal rows, assignment.
 *
 * @module
 */
export { bestAssignment } from './assignment.ts';
export { completeOrthonormalRows, orthonormaliseRows } from './orthonormal-rows.ts';
export { semidefiniteCholesky } from './semidefinite-cholesky.ts';
export { type EigenOptions, symmetricEigen, type SymmetricEigen } from './symmetric-eigen.ts';
export { symmetricEigenvalues } from './symmetric-eigenvalues.ts';
