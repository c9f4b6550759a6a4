import { embedding, featureVector, type Embedding } from '../embedding/embedding.ts';

/** The embedding with features no longer than the noise, a fraction of the mean length, as zero vectors. */
export function withoutShort(w: Embedding, noise: number): Embedding {
  const norms = Array.from({ length: w.features }, (_, i) => Math.hypot(...featureVector(w, i)));
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / w.features;
  if (!norms.some((norm) => norm > 0 && norm <= noise * mean)) return w;
  const data = w.data.slice();
  norms.forEach((norm, i) => {
    if (norm <= noise * mean) data.fill(0, i * w.dims, (i + 1) * w.dims);
  });
  return embedding(w.dims, w.features, data);
}
