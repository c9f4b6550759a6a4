import type { Precision } from '@polysem/numerics/dense';
import { embedding, type Embedding } from './embedding.ts';

export type { Precision };

/**
 * The features of a matrix, read in blocks, so that the matrix need never be in memory as a whole. May be read in any
 * order and more than once, and gives the same numbers each time.
 */
export interface FeatureSource {
  /** What errors call it. */
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
 * An embedding in memory as a source; reads copy.
 *
 * @throws RangeError if its data do not fit its size; reads reject with one outside of its features.
 */
export function embeddingSource(w: Embedding, name = 'embedding'): FeatureSource {
  const { dims, features, data } = embedding(w.dims, w.features, w.data);
  return {
    name,
    dims,
    features,
    precision: data instanceof Float64Array ? 'float64' : 'float32',
    read: async (first, count) => {
      assertFeatures({ name, features }, first, count);
      return data.slice(first * dims, (first + count) * dims);
    },
  };
}

/** Checks that a source has the features that are asked for. @throws RangeError if not. */
export function assertFeatures(
  { name, features }: Pick<FeatureSource, 'name' | 'features'>,
  first: number,
  count: number,
): void {
  const valid = Number.isInteger(first) && Number.isInteger(count) && first >= 0 && count >= 0;
  if (valid && first + count <= features) return;
  throw new RangeError(`${name}: no ${count} features from ${first} on, it has ${features}`);
}
