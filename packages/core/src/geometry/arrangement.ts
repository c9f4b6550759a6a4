import { embedding, type Embedding } from '../embedding/embedding.ts';
import { forEachInBasis } from '../embedding/coordinates.ts';
import { polarFactor } from '../embedding/polar.ts';
import { leftSingular } from '../embedding/singular.ts';
import { featuresOf } from './vector-queries.ts';

/** Features of a block to be fitted, and its number of dimensions. Features in no part become zero vectors. */
export interface Part {
  readonly features: readonly number[];
  readonly dims: number;
}

/** An efficient matrix X: block k is sqrt(gamma_k) R_k in its own rows of an orthonormal basis. */
export interface Arrangement {
  readonly parts: readonly Part[];
  /** Orthonormal rows, (sum of dims) x D, block after block. */
  readonly basis: Float64Array;
  /** R_k, dims x features. */
  readonly frames: readonly Embedding[];
  readonly gammas: readonly number[];
  /** |W|^2 - |W - X|^2 = sum_k nuc(Q_k^T W_k)^2 / D_k. */
  readonly gain: number;
}

/**
 * Finds the best gamma and R of each block for a given subspace, the rows Q_k of the basis. With M = Q_k^T W_k,
 *
 *   |M - s R|^2 = |M|^2 - 2 s tr(R^T M) + s^2 D_k,   since |R|^2 = tr R R^T = D_k.
 *
 * For every s > 0 the minimum is at the R with the largest tr(R^T M), the polar factor of M. Then tr(R^T M) is the nuclear
 * norm of M, s = sqrt(gamma) = nuc(M) / D_k, and the squared distance decreases by nuc(M)^2 / D_k.
 */
export function arrange(w: Embedding, parts: readonly Part[], basis: Float64Array): Arrangement {
  const frames: Embedding[] = [];
  const gammas: number[] = [];
  let gain = 0;
  let row = 0;
  for (const { features, dims } of parts) {
    const rows = basis.subarray(row * w.dims, (row + dims) * w.dims);
    const { factor, nuclear } = polarFactor(inBasis(featuresOf(w, features), rows, dims));
    frames.push(factor);
    gammas.push((nuclear / dims) ** 2);
    gain += (nuclear * nuclear) / dims;
    row += dims;
  }
  return { parts, basis, frames, gammas, gain };
}

/** Coordinates of the features in orthonormal rows. */
export function inBasis(w: Embedding, rows: Float64Array, dims: number): Embedding {
  const m = embedding(dims, w.features);
  forEachInBasis(w, rows, dims, (i, t) => m.data.set(t, i * dims));
  return m;
}

const STEPS = 200;
/** The alternation ends with a step that gains less than this fraction of |W|^2. */
const CONVERGED = 2 ** -44;

/**
 * Alternates between the best blocks for a basis (`arrange`) and the best basis for the blocks, which is a Procrustes
 * problem: among orthonormal rows Q, tr(W^T Q^T Y) is largest for the polar factor of Y W^T, where Y holds the coordinates
 * of the blocks. Neither step increases the distance, so the alternation converges to a stationary point for this
 * partition. For a single block, its leading directions are the global optimum: no other directions have a larger nuclear
 * norm.
 *
 * @param basis first basis; by default the leading directions of each part, made orthonormal together.
 */
export function settle(
  w: Embedding,
  parts: readonly Part[],
  basis?: Float64Array,
  steps: number = STEPS,
): Arrangement {
  let at = arrange(w, parts, basis ?? firstBasis(w, parts));
  if (parts.length === 0 || (parts.length === 1 && basis === undefined)) return at;
  let norm2 = 0;
  for (const x of w.data) norm2 += x * x;
  for (let step = 0; step < steps; step++) {
    const next = arrange(w, parts, bestBasis(w, at));
    const more = next.gain - at.gain;
    if (more > 0) at = next;
    if (more <= CONVERGED * norm2) break;
  }
  return at;
}

function firstBasis(w: Embedding, parts: readonly Part[]): Float64Array {
  const rank = parts.reduce((total, { dims }) => total + dims, 0);
  if (rank === 0) return new Float64Array(0);
  const rows = embedding(rank, w.dims);
  let row = 0;
  for (const { features, dims } of parts) {
    const { vectors } = leftSingular(featuresOf(w, features));
    for (let k = 0; k < Math.min(dims, vectors.length / w.dims); k++) {
      for (let d = 0; d < w.dims; d++) rows.data[d * rank + row + k] = vectors[k * w.dims + d];
    }
    row += dims;
  }
  return transposed(polarFactor(rows).factor);
}

function bestBasis(w: Embedding, { parts, frames, gammas }: Arrangement): Float64Array {
  const rank = parts.reduce((total, { dims }) => total + dims, 0);
  const product = embedding(rank, w.dims);
  let row = 0;
  parts.forEach(({ features, dims }, k) => {
    const scale = Math.sqrt(gammas[k]);
    features.forEach((i, column) => {
      for (let d = 0; d < w.dims; d++) {
        const x = scale * w.data[i * w.dims + d];
        for (let r = 0; r < dims; r++) {
          product.data[d * rank + row + r] += x * frames[k].data[column * dims + r];
        }
      }
    });
    row += dims;
  });
  return transposed(polarFactor(product).factor);
}

function transposed({ dims, features, data }: Embedding): Float64Array {
  const rows = new Float64Array(dims * features);
  for (let i = 0; i < features; i++) {
    for (let d = 0; d < dims; d++) rows[d * features + i] = data[i * dims + d];
  }
  return rows;
}

/** The matrix X of an arrangement, D x N. */
export function arranged({ parts, basis, frames, gammas }: Arrangement, w: Embedding): Embedding {
  const x = embedding(w.dims, w.features);
  let row = 0;
  parts.forEach(({ features, dims }, k) => {
    const scale = Math.sqrt(gammas[k]);
    const scaled = embedding(
      dims,
      features.length,
      frames[k].data.map((y) => scale * y),
    );
    const rows = basis.subarray(row * w.dims, (row + dims) * w.dims);
    const columns = transposed({ dims: w.dims, features: dims, data: rows });
    forEachInBasis(scaled, columns, w.dims, (column, vector) =>
      x.data.set(vector, features[column] * w.dims),
    );
    row += dims;
  });
  return x;
}
