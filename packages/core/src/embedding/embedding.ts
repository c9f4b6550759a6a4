import { positiveInteger } from '@polysem/numerics/checks';

/**
 * An embedding matrix W (dims x features): feature i is the vector w_i of `dims` numbers.
 *
 * Storage is feature-major, so the vector of a feature is contiguous: entry (d, i) of W is `data[i * dims + d]`.
 */
export interface Embedding {
  /** D, the dimension of the embedding space (neurons of the hidden layer). */
  readonly dims: number;
  /** N, the number of features. */
  readonly features: number;
  /** The N vectors one after the other, `features * dims` numbers. */
  readonly data: Float64Array | Float32Array;
}

/**
 * Makes an embedding from its size and its numbers.
 *
 * @param dims D.
 * @param features N.
 * @param data the D x N numbers, feature-major; zeros by default. Not copied.
 * @returns the embedding.
 * @throws RangeError if a size is not a positive integer, or the data do not have D x N entries.
 * @example
 * ```js
 * import { embedding } from 'polysem';
 * embedding(2, 1, Float64Array.of(3, 4)).data; // [3, 4]
 * ```
 */
export function embedding(
  dims: number,
  features: number,
  data?: Float64Array | Float32Array,
): Embedding {
  positiveInteger('dims', dims);
  positiveInteger('features', features);
  if (data === undefined) return { dims, features, data: new Float64Array(dims * features) };
  if (data.length !== dims * features) {
    throw new RangeError(
      `embedding: ${features} features of ${dims} dims need ${dims * features} numbers, got ${data.length}`,
    );
  }
  return { dims, features, data };
}

/**
 * The vector of a feature.
 *
 * @param w the embedding, D x N.
 * @param i index of the feature.
 * @returns its D numbers, as a view into the data of the embedding.
 * @throws RangeError if there is no such feature.
 * @example
 * ```js
 * import { embeddingFromVectors, featureVector } from 'polysem/embedding';
 * featureVector(embeddingFromVectors([[1, 0], [3, 4]]), 1); // [3, 4]
 * ```
 */
export function featureVector(w: Embedding, i: number): Float64Array | Float32Array {
  if (!(Number.isInteger(i) && i >= 0 && i < w.features))
    throw new RangeError(`featureVector: no feature ${i}, the embedding has ${w.features}`);
  return w.data.subarray(i * w.dims, (i + 1) * w.dims);
}

/**
 * Makes an embedding from a list of vectors.
 *
 * @param vectors one vector per feature, all of length D.
 * @returns the embedding, D x N, in float64.
 * @throws RangeError if there are no vectors, or their lengths differ.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * embeddingFromVectors([[1, 0], [3, 4]]).features; // 2
 * ```
 */
export function embeddingFromVectors(vectors: readonly (readonly number[])[]): Embedding {
  const dims = vectors[0]?.length ?? 0;
  const data = new Float64Array(vectors.length * dims);
  vectors.forEach((vector, i) => {
    if (vector.length !== dims) {
      throw new RangeError(
        `embeddingFromVectors: vector ${i} has ${vector.length} dims, others ${dims}`,
      );
    }
    data.set(vector, i * dims);
  });
  return embedding(dims, vectors.length, data);
}
