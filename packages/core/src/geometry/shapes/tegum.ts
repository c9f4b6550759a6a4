import { embedding, type Embedding } from '../../embedding/embedding.ts';

/**
 * The tegum product (direct sum) of embeddings: each part in dimensions of its own, orthogonal to all others, so that
 * dimensions and features add up: W = diag(W_1, .., W_n). Capacities of a product are those of its parts.
 *
 * @throws RangeError without any part.
 */
export function tegum(...parts: readonly Embedding[]): Embedding {
  if (parts.length === 0) throw new RangeError('tegum: at least one part is needed, got none');
  const dims = parts.reduce((sum, part) => sum + part.dims, 0);
  const features = parts.reduce((sum, part) => sum + part.features, 0);
  const product = embedding(dims, features);
  let feature = 0;
  let axis = 0;
  for (const part of parts) {
    for (let i = 0; i < part.features; i++, feature++) {
      product.data.set(
        part.data.subarray(i * part.dims, (i + 1) * part.dims),
        feature * dims + axis,
      );
    }
    axis += part.dims;
  }
  return product;
}
