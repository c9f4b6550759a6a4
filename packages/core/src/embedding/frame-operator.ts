import { frameAccumulator } from '@polysem/numerics/dense';
import { WEBASSEMBLY_FROM } from './coordinates.ts';
import type { Embedding } from './embedding.ts';

/**
 * Computes the frame operator S = sum_i w_i w_i^T = W W^T. O(N D^2), with sums in float64; in WebAssembly for
 * large matrices without weights, where the last bits depend on whether the engine rounds multiply-adds once.
 *
 * @param w the embedding, D x N.
 * @param weights one factor per feature, for S = sum_i weights[i] w_i w_i^T; 1 by default.
 * @returns S, symmetric, D x D, row-major.
 * @throws RangeError if there is not one weight per feature.
 * @example
 * ```js
 * import { embeddingFromVectors, frameOperator } from '@polysem/core';
 * frameOperator(embeddingFromVectors([[1, 1], [1, -1]])); // [2, 0, 0, 2]
 * ```
 */
export function frameOperator(w: Embedding, weights?: Float64Array): Float64Array {
  const { dims, features } = w;
  if (weights !== undefined && weights.length !== features) {
    throw new RangeError(`weights: ${weights.length} numbers for ${features} features`);
  }
  const s =
    weights === undefined && features * dims * dims >= WEBASSEMBLY_FROM
      ? lowerTriangle(w)
      : plainLowerTriangle(w, weights);
  for (let r = 0; r < dims; r++) for (let c = 0; c < r; c++) s[c * dims + r] = s[r * dims + c];
  return s;
}

/** The lower triangle of S, in WebAssembly. */
function lowerTriangle({ dims, features, data }: Embedding): Float64Array {
  const sums = frameAccumulator({ dims, from: 0, to: dims, precision: 'float64' });
  sums.add(data, features);
  return sums.result();
}

/** The lower triangle of S with weights, in plain TypeScript. */
function plainLowerTriangle(
  { dims, features, data }: Embedding,
  weights?: Float64Array,
): Float64Array {
  const s = new Float64Array(dims * dims);
  // Four vectors per pass: each entry of S is loaded and stored once for four products.
  const chunk = new Float64Array(4 * dims);
  const scaled = weights === undefined ? chunk : new Float64Array(4 * dims);
  for (let first = 0; first < features; first += 4) {
    const count = Math.min(4, features - first);
    chunk.fill(0, count * dims);
    chunk.set(data.subarray(first * dims, (first + count) * dims));
    if (weights !== undefined) {
      scaled.fill(0);
      for (let f = 0; f < count; f++) {
        for (let d = 0; d < dims; d++)
          scaled[f * dims + d] = weights[first + f] * chunk[f * dims + d];
      }
    }
    addRankFour(s, scaled, chunk, dims);
  }
  return s;
}

/** Adds the lower triangle of A^T B to S, where A and B have four rows of n numbers. */
function addRankFour(s: Float64Array, a: Float64Array, b: Float64Array, n: number): void {
  for (let r = 0; r < n; r++) {
    const a0 = a[r];
    const a1 = a[n + r];
    const a2 = a[2 * n + r];
    const a3 = a[3 * n + r];
    const row = r * n;
    for (let c = 0; c <= r; c++) {
      s[row + c] += a0 * b[c] + a1 * b[n + c] + a2 * b[2 * n + c] + a3 * b[3 * n + c];
    }
  }
}
