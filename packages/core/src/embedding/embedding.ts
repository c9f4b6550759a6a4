/**
 * An embedding matrix W (dims x features): feature i is the vector w_i of `dims` numbers.
 *
 * Storage is feature-major, so that one feature's vector is contiguous:
 * entry (d, i) of W stands at `data[i * dims + d]`.
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
 * Makes an embedding from its size and its numbers, feature-major; zeros where no data are given.
 *
 * @throws RangeError if a size is not a positive integer, or the data do not fit it.
 */
export function embedding(
  dims: number,
  features: number,
  data?: Float64Array | Float32Array,
): Embedding {
  if (!Number.isInteger(dims) || dims < 1) {
    throw new RangeError(`embedding: dims must be a positive integer, got ${dims}`);
  }
  if (!Number.isInteger(features) || features < 1) {
    throw new RangeError(`embedding: features must be a positive integer, got ${features}`);
  }
  if (data === undefined) return { dims, features, data: new Float64Array(dims * features) };
  if (data.length !== dims * features) {
    throw new RangeError(
      `embedding: ${features} features of ${dims} dims need ${dims * features} numbers, got ${data.length}`,
    );
  }
  return { dims, features, data };
}

/** The vector of feature i, a view of `dims` numbers into the embedding's data. */
export function featureVector(w: Embedding, i: number): Float64Array | Float32Array {
  return w.data.subarray(i * w.dims, (i + 1) * w.dims);
}

/** Makes an embedding from a list of feature vectors of equal length. */
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
