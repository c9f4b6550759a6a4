import { frameAccumulator } from '@polysem/numerics/dense';
import { WEBASSEMBLY_FROM } from './coordinates.ts';
import type { Embedding } from './embedding.ts';

/**
 * Computes the frame operator S = sum_i w_i w_i^T = W W^T. O(N D^2), with sums in float64; in WebAssembly for
 * large matrices without weights, where the last bits depend on whether the engine rounds multiply-adds once.
 *
 * @param w the embedding, D x N.
 * @param weights one factor per feature, for S = sum_i weights[i] w_i w_i^T; 1 by default.
 * @param into receives S, for callers that compute it many times; a new array by default.
 * @returns S, symmetric, D x D, row-major.
 * @throws RangeError if there is not one weight per feature, or `into` does not have D^2 numbers.
 * @example
 * ```js
 * import { embeddingFromVectors, frameOperator } from 'polysem/embedding';
 * frameOperator(embeddingFromVectors([[1, 1], [1, -1]])); // [2, 0, 0, 2]
 * ```
 */
export function frameOperator(
  w: Embedding,
  weights?: Float64Array,
  into?: Float64Array,
): Float64Array {
  const { dims, features } = w;
  if (weights !== undefined && weights.length !== features) {
    throw new RangeError(`weights: ${weights.length} numbers for ${features} features`);
  }
  if (into !== undefined && into.length !== dims * dims)
    throw new RangeError(`into: ${into.length} numbers for ${dims} x ${dims}`);
  const s = into ?? new Float64Array(dims * dims);
  if (weights !== undefined || features * dims * dims < WEBASSEMBLY_FROM)
    plainLowerTriangle(s, w, weights ?? null);
  else s.set(lowerTriangle(w));
  for (let r = 0; r < dims; r++) for (let c = 0; c < r; c++) s[c * dims + r] = s[r * dims + c];
  return s;
}

/** The lower triangle of S, in WebAssembly. */
function lowerTriangle({ dims, features, data }: Embedding): Float64Array {
  const sums = frameAccumulator({ dims, from: 0, to: dims, precision: 'float64' });
  sums.add(data, features);
  return sums.result();
}

/** Writes the lower triangle of S to `s`, in plain TypeScript. Nothing is copied, because losses of small models need S millions of times. */
function plainLowerTriangle(
  s: Float64Array,
  { dims, features, data }: Embedding,
  weights: Float64Array | null,
): void {
  s.fill(0);
  // Four vectors per pass: each entry of S is loaded and stored once for four products.
  let first = 0;
  for (; first + 4 <= features; first += 4) {
    const p0 = weights === null ? 1 : weights[first];
    const p1 = weights === null ? 1 : weights[first + 1];
    const p2 = weights === null ? 1 : weights[first + 2];
    const p3 = weights === null ? 1 : weights[first + 3];
    const w0 = first * dims;
    const w1 = w0 + dims;
    const w2 = w1 + dims;
    const w3 = w2 + dims;
    for (let r = 0; r < dims; r++) {
      const a0 = p0 * data[w0 + r];
      const a1 = p1 * data[w1 + r];
      const a2 = p2 * data[w2 + r];
      const a3 = p3 * data[w3 + r];
      const row = r * dims;
      for (let c = 0; c <= r; c++)
        s[row + c] += a0 * data[w0 + c] + a1 * data[w1 + c] + a2 * data[w2 + c] + a3 * data[w3 + c];
    }
  }
  // The last vectors, fewer than four, also in one pass.
  for (let r = 0; r < dims; r++) {
    for (let c = 0; c <= r; c++) {
      let sum = 0;
      for (let f = first; f < features; f++)
        sum += (weights === null ? 1 : weights[f]) * data[f * dims + r] * data[f * dims + c];
      s[r * dims + c] += sum;
    }
  }
}
