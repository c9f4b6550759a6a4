import { embedding, type Embedding } from '../../embedding/embedding.ts';

/**
 * Builds the tegum product (direct sum) of embeddings, W = diag(W_1, .., W_n): every part has dimensions of its own, so
 * dimensions and features add up. Capacities of a product are those of its parts.
 *
 * @param parts at least one embedding.
 * @returns the product, with the features of the parts in order.
 * @throws RangeError if there are no parts.
 */
export function tegum(...parts: readonly Embedding[]): Embedding {
  if (parts.length === 0) throw new RangeError('tegum: must have at least one part, got none');
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
