import type { FeatureSource } from '../embedding/feature-source.ts';
import { chunkFeatures, chunksOf, forEachChunk } from './chunks.ts';
import { largestEntry } from './scaling.ts';
import type { StreamHooks } from './stream-measurement.ts';

/**
 * The mean of all vectors, in float64, from one pass over the source.
 *
 * @param source the features.
 * @param hooks progress and a signal.
 * @returns the mean, `dims` numbers.
 * @throws RangeError if a number is not finite.
 * @example
 * ```js
 * import { meanVector, ownNormsSource } from 'polysem/streaming';
 * const source = ownNormsSource({ dims: 1, features: 1, seed: 1 }, Float64Array.of(4));
 * Math.abs((await meanVector(source))[0]); // 2
 * ```
 */
export async function meanVector(
  source: FeatureSource,
  hooks: StreamHooks = {},
): Promise<Float64Array> {
  const { dims, features, name } = source;
  const mean = new Float64Array(dims);
  const chunks = chunksOf(features, chunkFeatures(source));
  await forEachChunk(
    source,
    chunks,
    { ahead: 1, stage: 'mean', hooks },
    async (chunk, first, count) => {
      largestEntry(chunk, dims, first, name);
      const sums = new Float64Array(dims);
      for (let f = 0; f < count; f++) {
        // Divided before summing, so that no sum overflows.
        for (let d = 0; d < dims; d++) sums[d] += chunk[f * dims + d] / features;
      }
      for (let d = 0; d < dims; d++) mean[d] += sums[d];
    },
  );
  return mean;
}

/**
 * The source minus one vector. Each number is rounded once, to the source's precision.
 *
 * @param source the features.
 * @param mean the vector to subtract.
 * @returns the features minus the vector.
 * @throws RangeError if `mean` does not have `dims` numbers.
 * @example
 * ```js
 * import { centred, gaussianSource, meanVector } from 'polysem/streaming';
 * const source = gaussianSource({ dims: 1, features: 1, seed: 1, precision: 'float64' });
 * await centred(source, await meanVector(source)).read(0, 1); // [0]
 * ```
 */
export function centred(source: FeatureSource, mean: Float64Array): FeatureSource {
  const { dims } = source;
  if (mean.length !== dims) {
    throw new RangeError(`mean: must have ${dims} numbers, got ${mean.length}`);
  }
  return {
    ...source,
    read: async (first, count) => {
      const chunk = await source.read(first, count);
      for (let f = 0; f < count; f++) {
        for (let d = 0; d < dims; d++) chunk[f * dims + d] -= mean[d];
      }
      return chunk;
    },
  };
}

/**
 * The source with vectors scaled to unit length; zero vectors stay zero.
 *
 * @param source the features.
 * @returns the features with vectors of length 1.
 * @example
 * ```js
 * import { ownNormsSource, unitLength } from 'polysem/streaming';
 * const source = ownNormsSource({ dims: 1, features: 1, seed: 1 }, Float64Array.of(4));
 * Math.abs((await unitLength(source).read(0, 1))[0]); // 1
 * ```
 */
export function unitLength(source: FeatureSource): FeatureSource {
  const { dims } = source;
  return {
    ...source,
    read: async (first, count) => {
      const chunk = await source.read(first, count);
      for (let f = 0; f < count; f++) {
        const from = f * dims;
        const end = from + dims;
        let largest = 0;
        for (let j = from; j < end; j++) largest = Math.max(largest, Math.abs(chunk[j]));
        if (largest === 0) continue;
        // Relative to the largest entry, so that squares neither overflow nor underflow.
        let square = 0;
        for (let j = from; j < end; j++) square += (chunk[j] / largest) ** 2;
        const root = Math.sqrt(square);
        for (let j = from; j < end; j++) chunk[j] = chunk[j] / largest / root;
      }
      return chunk;
    },
  };
}

/**
 * The source with each vector multiplied by its own factor. Numbers are rounded once, to the source's precision.
 *
 * @param source the features.
 * @param factors one factor per feature.
 * @returns the scaled features.
 * @throws RangeError if the number of factors is not N.
 * @example
 * ```js
 * import { ownNormsSource, scaledBy } from 'polysem/streaming';
 * const source = ownNormsSource({ dims: 1, features: 1, seed: 1 }, Float64Array.of(4));
 * Math.abs((await scaledBy(source, Float64Array.of(3)).read(0, 1))[0]); // 6
 * ```
 */
export function scaledBy(source: FeatureSource, factors: Float64Array): FeatureSource {
  const { dims, features } = source;
  if (factors.length !== features) {
    throw new RangeError(`factors: ${factors.length} numbers for ${features} features`);
  }
  return {
    ...source,
    read: async (first, count) => {
      const chunk = await source.read(first, count);
      for (let f = 0; f < count; f++) {
        for (let d = 0; d < dims; d++) chunk[f * dims + d] *= factors[first + f];
      }
      return chunk;
    },
  };
}
