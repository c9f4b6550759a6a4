import type { Embedding } from './embedding.ts';

/**
 * The Gram matrix G = W^T W of all inner products w_i . w_j: symmetric, N x N, row-major.
 * O(N^2 D) time and N^2 numbers: for small embeddings and pictures; measuring never needs it.
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
