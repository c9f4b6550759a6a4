import type { Precision } from '@polysem/numerics/dense';
import { embedding, type Embedding } from './embedding.ts';

export type { Precision };

/**
 * The features of a matrix, read in chunks, so that the matrix need never be in memory as a whole. May be read in any
 * order and more than once, and gives the same numbers each time.
 */
export interface FeatureSource {
  /** Name in error messages. */
  readonly name: string;
  /** D, the dimensions of the embedding space. */
  readonly dims: number;
  /** N, the number of features. */
  readonly features: number;
  /** Float32Arrays or Float64Arrays are read. */
  readonly precision: Precision;
  /**
   * The vectors of `count` features from feature `first` on, one after the other: `count * dims` finite numbers that
   * belong to the caller.
   */
  readonly read: (first: number, count: number) => Promise<Float32Array | Float64Array>;
}

/**
 * Makes a feature source of an embedding in memory. Reading copies.
 *
 * @param w the embedding, D x N.
 * @param name name of the source in error messages.
 * @returns the source. Its `read` rejects with a RangeError for features outside 0 .. N - 1.
 * @throws RangeError if the data do not have D x N entries.
 * @example
 * ```js
 * import { embeddingFromVectors, embeddingSource } from 'polysem/embedding';
 * await embeddingSource(embeddingFromVectors([[1, 0], [3, 4]])).read(1, 1); // [3, 4]
 * ```
 */
export function embeddingSource(w: Embedding, name = 'embedding'): FeatureSource {
  const { dims, features, data } = embedding(w.dims, w.features, w.data);
  return {
    name,
    dims,
    features,
    precision: data instanceof Float64Array ? 'float64' : 'float32',
    read: async (first, count) => {
      checkFeatureRange({ name, features }, first, count);
      return data.slice(first * dims, (first + count) * dims);
    },
  };
}

/**
 * Checks that a source has the requested features.
 *
 * @param source name and number of features of the source.
 * @param first index of the first requested feature.
 * @param count number of requested features.
 * @throws RangeError if the source does not have them.
 * @example
 * ```js
 * import { checkFeatureRange } from 'polysem/embedding';
 * checkFeatureRange({ name: 'W', features: 2 }, 1, 2); // throws RangeError
 * ```
 */
export function checkFeatureRange(
  { name, features }: Pick<FeatureSource, 'name' | 'features'>,
  first: number,
  count: number,
): void {
  const valid = Number.isInteger(first) && Number.isInteger(count) && first >= 0 && count >= 0;
  if (valid && first + count <= features) return;
  throw new RangeError(`${name}: no ${count} features from ${first} on, it has ${features}`);
}

/**
 * The same source, with a check of each read: numbers of the wrong count or type would be taken for features, silently.
 *
 * @param source a source that others may have written.
 * @returns a source whose `read` rejects with a RangeError if it does not get `count * dims` numbers of its precision.
 */
export function checkedReads(source: FeatureSource): FeatureSource {
  const { name, dims, features, precision } = source;
  const expected = precision === 'float32' ? Float32Array : Float64Array;
  return {
    name,
    dims,
    features,
    precision,
    read: async (first, count) => {
      const numbers = await source.read(first, count);
      if (numbers.length !== count * dims)
        throw new RangeError(
          `${name}: read gave ${numbers.length} numbers for ${count} features in ${dims} dimensions`,
        );
      if (!(numbers instanceof expected))
        throw new RangeError(
          `${name}: read gave a ${numbers.constructor.name}, but its precision is ${precision}`,
        );
      return numbers;
    },
  };
}
