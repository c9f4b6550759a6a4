import {
  semidefiniteCholesky,
  symmetricEigen,
  type SymmetricEigen,
} from '@polysem/numerics/linalg';
import { embedding } from '../embedding/embedding.ts';
import { leftSingular } from '../embedding/singular.ts';

/** Eigenvalues below this fraction of the largest are lost in a decomposition. */
const RESOLVED = 2 ** -26;

/** The resolved spectrum of S, and sums of products of coordinates in its eigenvectors. */
export interface SpectrumRefinement {
  readonly dims: number;
  /** The r largest eigenvalues, which S resolves. */
  readonly strong: Float64Array;
  /** All eigenvectors of S as summed, dims x dims. */
  readonly vectors: Float64Array;
  /** Rows r .. dims - 1 of the lower triangle of sum_i t_i t_i^T, with t_i the coordinates of feature i in those vectors. */
  readonly rows: Float64Array;
}

/**
 * Refines eigenvalues and eigenvectors of S that rounding of S obscures.
 *
 * Rounding gives S an error of about 2^-52 of its largest eigenvalue. Coordinates t = V w in its eigenvectors have errors of
 * 2^-53 |w| each, even small coordinates, so sums of their products resolve the other half of the digits. The weak directions
 * still overlap with the strong ones by K = A_ws Lambda_s^-1, about that error over the weakest strong eigenvalue. Removing
 * the overlap leaves the Schur complement A_ww - K Lambda_s K^T, whose eigenvectors are the weak ones for the coordinates
 * t_w - K t_s. All vectors are orthonormal to |K|^2, below 2^-50. Vectors of eigenvalues that count as 0 may be 0.
 */
export function refineSpectrum({
  dims,
  strong,
  vectors,
  rows,
}: SpectrumRefinement): SymmetricEigen {
  const r = strong.length;
  const m = dims - r;
  const coupling = new Float64Array(m * r);
  const rest = new Float64Array(m * m);
  for (let a = 0; a < m; a++) {
    for (let s = 0; s < r; s++) coupling[a * r + s] = rows[a * dims + s] / strong[s];
    for (let b = 0; b <= a; b++) {
      let sum = rows[a * dims + r + b];
      for (let s = 0; s < r; s++) sum -= coupling[a * r + s] * rows[b * dims + s];
      rest[a * m + b] = sum;
    }
  }
  const weak = gradedEigen(rest, m);
  const turned = vectors.slice();
  for (let a = 0; a < m; a++) {
    for (let s = 0; s < r; s++) {
      const k = coupling[a * r + s];
      for (let d = 0; d < dims; d++) {
        turned[(r + a) * dims + d] -= k * vectors[s * dims + d];
        turned[s * dims + d] += k * vectors[(r + a) * dims + d];
      }
    }
  }
  const out = new Float64Array(dims * dims);
  out.set(turned.subarray(0, r * dims));
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) {
      const factor = weak.vectors[a * m + b];
      for (let d = 0; d < dims; d++) out[(r + a) * dims + d] += factor * turned[(r + b) * dims + d];
    }
  }
  return inOrder(Float64Array.of(...strong, ...weak.values), out, dims);
}

/**
 * Eigenvalues and eigenvectors of a positive semidefinite matrix whose diagonal descends, also of eigenvalues below 2^-26 of
 * the largest. A decomposition of the matrix loses these, but those of its Cholesky factor L are singular values of L, whose
 * rows keep their own relative accuracy. Eigenvalues up to (m 2^-52)^2 of the largest become 0, with vectors of zeros.
 *
 * @param matrix the lower triangle, m x m, row-major.
 */
function gradedEigen(matrix: Float64Array, m: number): SymmetricEigen {
  const whole = symmetricEigen(matrix, m);
  if (whole.values[m - 1] > whole.values[0] * RESOLVED) return whole;
  const { rank, factor } = semidefiniteCholesky(matrix, m);
  if (rank === 0) return whole;
  const columns = embedding(m, rank);
  for (let k = 0; k < rank; k++)
    for (let i = 0; i < m; i++) columns.data[k * m + i] = factor[i * rank + k];
  const found = leftSingular(columns);
  const values = new Float64Array(m);
  const vectors = new Float64Array(m * m);
  values.set(found.values.map((value) => value * value));
  vectors.set(found.vectors);
  return { values, vectors };
}

function inOrder(values: Float64Array, vectors: Float64Array, dims: number): SymmetricEigen {
  const order = Array.from(values.keys()).toSorted((i, j) => values[j] - values[i]);
  const sorted = new Float64Array(vectors.length);
  order.forEach((from, to) => {
    sorted.set(vectors.subarray(from * dims, (from + 1) * dims), to * dims);
  });
  return { values: Float64Array.from(order, (from) => values[from]), vectors: sorted };
}
