import { embedding, type Embedding } from '../embedding.ts';
import { forEachInBasis } from './coordinates.ts';
import { completeOrthonormalRows, orthonormaliseRows } from './orthonormal-rows.ts';
import { leftSingular } from './singular.ts';

/** The polar decomposition of a matrix, as far as its orthogonal factor goes. */
export interface PolarFactor {
  /** R with R R^T = I, of the matrix's size. */
  readonly factor: Embedding;
  /** Nuclear norm, the sum of singular values. */
  readonly nuclear: number;
}

/** Least over largest singular value from which right vectors are orthonormal to some 1e-13 as they come. */
const WELL_CONDITIONED = 2 ** -8;

/**
 * The orthogonal polar factor R = U V^T of M = U Sigma V^T, d x N with d <= N: of all matrices with orthonormal rows the
 * nearest to M in the Frobenius norm, and the one with the largest inner product tr(R^T M), the nuclear norm
 * (Higham, Functions of Matrices, 8.1). Unique if M has full rank; otherwise missing directions are filled in. O(N d^2).
 *
 * @throws RangeError if there are more rows than columns.
 */
export function polarFactor(m: Embedding): PolarFactor {
  const { dims, features } = m;
  if (dims > features) {
    throw new RangeError(`polarFactor: ${dims} rows cannot be orthonormal in ${features} columns`);
  }
  const { rank, values, vectors } = leftSingular(m);
  const left = new Float64Array(dims * dims);
  left.set(vectors);
  completeOrthonormalRows(left, rank, dims);
  const right = new Float64Array(dims * features);
  forEachInBasis(m, vectors, rank, (i, t) => {
    for (let k = 0; k < rank; k++) right[k * features + i] = t[k] / values[k];
  });
  // Small singular values leave rounding in their right vectors, by as much as they are smaller than the largest: those
  // are brought back to orthonormal.
  if (rank > 0 && values[rank - 1] < WELL_CONDITIONED * values[0])
    orthonormaliseRows(right.subarray(0, rank * features), features);
  completeOrthonormalRows(right, rank, features);

  const factor = embedding(dims, features);
  for (let i = 0; i < features; i++) {
    for (let k = 0; k < dims; k++) {
      const v = right[k * features + i];
      for (let d = 0; d < dims; d++) factor.data[i * dims + d] += v * left[k * dims + d];
    }
  }
  return { factor, nuclear: values.reduce((total, x) => total + x, 0) };
}
