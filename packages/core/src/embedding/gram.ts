import type { Embedding } from './embedding.ts';

/**
 * Computes the Gram matrix G = W^T W of all inner products w_i . w_j. O(N^2 D) time and N^2 numbers of memory: for small
 * embeddings and figures. Measuring never needs it.
 *
 * @param w the embedding, D x N.
 * @returns G, symmetric, N x N, row-major.
 * @example
 * ```js
 * import { embeddingFromVectors, gram } from 'polysem/embedding';
 * gram(embeddingFromVectors([[1, 0], [2, 1]])); // [1, 2, 2, 5]
 * ```
 */
export function gram(w: Embedding): Float64Array {
  const { dims, features, data } = w;
  const g = new Float64Array(features * features);
  for (let i = 0; i < features; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let d = 0; d < dims; d++) dot += data[i * dims + d] * data[j * dims + d];
      g[i * features + j] = dot;
      g[j * features + i] = dot;
    }
  }
  return g;
}
