import { embedding, type Embedding } from './embedding.ts';
import { forEachInBasis } from './coordinates.ts';
import { frameOperator } from './frame-operator.ts';
import { completeOrthonormalRows, orthonormaliseRows } from '@polysem/numerics/linalg';
import { leftSingular } from './singular.ts';

/** The orthogonal factor of a polar decomposition. */
export interface PolarFactor {
  /** R with R R^T = I, the size of the matrix. */
  readonly factor: Embedding;
  /** Nuclear norm of the matrix: the sum of its singular values. */
  readonly nuclear: number;
}

/** Above this fraction of the largest singular value, one Newton step makes right singular vectors orthonormal to rounding. */
const WELL_CONDITIONED = 2 ** -14;

/**
 * The orthogonal polar factor R = U V^T of M = U Sigma V^T, d x N with d <= N. Among matrices with orthonormal rows, R is
 * the nearest to M in the Frobenius norm and has the largest inner product tr(R^T M), the nuclear norm (Higham, Functions
 * of Matrices, 8.1). It is unique if M has full rank; otherwise missing directions are filled in. O(N d^2).
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
  if (rank === dims && values[rank - 1] >= WELL_CONDITIONED * values[0])
    return { factor: fromLeft(m, values, left), nuclear: sum(values) };
  const right = new Float64Array(dims * features);
  forEachInBasis(m, vectors, rank, (i, t) => {
    for (let k = 0; k < rank; k++) right[k * features + i] = t[k] / values[k];
  });
  // Small singular values leave rounding errors in their right vectors.
  orthonormaliseRows(right.subarray(0, rank * features), features);
  completeOrthonormalRows(right, rank, features);

  const factor = embedding(dims, features);
  for (let i = 0; i < features; i++) {
    for (let k = 0; k < dims; k++) {
      const v = right[k * features + i];
      for (let d = 0; d < dims; d++) factor.data[i * dims + d] += v * left[k * dims + d];
    }
  }
  return { factor, nuclear: sum(values) };
}

/**
 * U V^T with V = Sigma^-1 U^T M. The rows of V are orthonormal up to e = 2^-52 (sigma_1 / sigma_d)^2, and the step
 * V <- (3 - V V^T) / 2 V squares that error (Newton-Schulz). Two products of O(N d^2) replace Gram-Schmidt along rows of N
 * numbers.
 */
function fromLeft(m: Embedding, values: Float64Array, left: Float64Array): Embedding {
  const { dims, features } = m;
  const right = embedding(dims, features);
  forEachInBasis(m, left, dims, (i, t) => {
    for (let k = 0; k < dims; k++) right.data[i * dims + k] = t[k] / values[k];
  });
  const squares = frameOperator(right);
  // Row d of U (3 - V V^T) / 2.
  const back = new Float64Array(dims * dims);
  for (let k = 0; k < dims; k++) {
    for (let l = 0; l < dims; l++) {
      const half = ((k === l ? 3 : 0) - squares[k * dims + l]) / 2;
      for (let d = 0; d < dims; d++) back[d * dims + l] += left[k * dims + d] * half;
    }
  }
  const factor = embedding(dims, features);
  forEachInBasis(right, back, dims, (i, t) => factor.data.set(t, i * dims));
  return factor;
}

function sum(values: Float64Array): number {
  return values.reduce((total, x) => total + x, 0);
}
