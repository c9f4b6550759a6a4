import { embedding, featureVector, type Embedding } from '../embedding/embedding.ts';

/**
 * Replaces vectors no longer than the noise by zero vectors.
 *
 * @param w the embedding, D x N.
 * @param noise noise level, as a fraction of the mean length of features.
 * @returns a copy, or `w` itself if no vector is that short.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { withoutShortVectors } from 'polysem/geometry';
 * withoutShortVectors(embeddingFromVectors([[1], [0.01]]), 0.1).data; // [1, 0]
 * ```
 */
export function withoutShortVectors(w: Embedding, noise: number): Embedding {
  const norms = Array.from({ length: w.features }, (_, i) => Math.hypot(...featureVector(w, i)));
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / w.features;
  if (!norms.some((norm) => norm > 0 && norm <= noise * mean)) return w;
  const data = w.data.slice();
  norms.forEach((norm, i) => {
    if (norm <= noise * mean) data.fill(0, i * w.dims, (i + 1) * w.dims);
  });
  return embedding(w.dims, w.features, data);
}
