import { embedding, type Embedding } from './embedding.ts';
import { polarFactor } from './polar.ts';
import { powerOfTwoScale, rescaled } from './power-of-two-scale.ts';

/**
 * An embedding in the basis in which it is nearest to another: Q W, with the orthogonal Q (a rotation, with or without a
 * reflection) that minimises the sum of |Q w_i - t_i|^2 over all features, or over the given ones. Q is the polar factor of T W^T, the solution of the
 * orthogonal Procrustes problem (Schönemann 1966, doi:10.1007/BF02289451). Inner products, and with them capacities and
 * losses, are those of W.
 *
 * @param w the embedding to turn: N features in D dimensions.
 * @param target the embedding to turn it onto, of the same size; with pairs, of the same D.
 * @param pairs the features that are compared, as index in w and index in the target; by default each with itself.
 * @returns the turned embedding.
 * @throws RangeError if the sizes differ, a number is not finite, or a pair names a feature that does not exist.
 * @example
 * ```js
 * import { embeddingFromVectors, featureVector, turnedOnto } from 'polysem/embedding';
 * const turned = turnedOnto(embeddingFromVectors([[0, 2], [-1, 0]]), embeddingFromVectors([[3, 0], [0, 3]]));
 * featureVector(turned, 0); // [2, 0]
 * featureVector(turned, 1); // [0, 1]
 * const first = turnedOnto(embeddingFromVectors([[1, 1], [0, 2]]), embeddingFromVectors([[-3, 0]]), [[1, 0]]);
 * featureVector(first, 1); // [-2, 0]
 * ```
 */
export function turnedOnto(
  w: Embedding,
  target: Embedding,
  pairs?: readonly (readonly [own: number, other: number])[],
): Embedding {
  const { dims, features } = w;
  if (target.dims !== dims || (pairs === undefined && target.features !== features)) {
    const [own, other] = [w, target].map((one) => `${one.features} features in ${one.dims}`);
    throw new RangeError(`turnedOnto: ${own} dimensions cannot be turned onto ${other}`);
  }
  const [from, onto] = [w, target].map((one) => rescaled(one, powerOfTwoScale(one, 'turnedOnto')));
  // T W^T, and later Q, column by column.
  const product = embedding(dims, dims);
  for (const [own, other] of pairs ?? Array.from({ length: features }, (_, i) => [i, i])) {
    if (!isFeature(w, own) || !isFeature(target, other))
      throw new RangeError(`turnedOnto: no features ${own} and ${other} to compare`);
    for (let k = 0; k < dims; k++) {
      for (let d = 0; d < dims; d++)
        product.data[k * dims + d] += onto.data[other * dims + d] * from.data[own * dims + k];
    }
  }
  const { data: q } = polarFactor(product).factor;
  const turned = embedding(dims, features);
  for (let i = 0; i < features; i++) {
    for (let k = 0; k < dims; k++) {
      for (let d = 0; d < dims; d++)
        turned.data[i * dims + d] += q[k * dims + d] * w.data[i * dims + k];
    }
  }
  return turned;
}

function isFeature({ features }: Embedding, i: number): boolean {
  return Number.isInteger(i) && i >= 0 && i < features;
}
