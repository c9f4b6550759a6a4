import type { FeatureSource } from '../embedding/feature-source.ts';
import { blockFeatures, blocksOf, forEachBlock } from './blocks.ts';
import { largestEntry } from './near-one.ts';
import type { StreamHooks } from './stream-measurement.ts';

/** The mean of all vectors, in float64: one reading of the source. @throws RangeError if a number is not finite. */
export async function meanVector(
  source: FeatureSource,
  hooks: StreamHooks = {},
): Promise<Float64Array> {
  const { dims, features, name } = source;
  const mean = new Float64Array(dims);
  const blocks = blocksOf(features, blockFeatures(source));
  await forEachBlock(source, blocks, 1, 'mean', hooks, async (block, first, count) => {
    largestEntry(block, dims, first, name);
    const sums = new Float64Array(dims);
    for (let f = 0; f < count; f++) {
      // Divided first, so that no sum overflows.
      for (let d = 0; d < dims; d++) sums[d] += block[f * dims + d] / features;
    }
    for (let d = 0; d < dims; d++) mean[d] += sums[d];
  });
  return mean;
}

/** The vectors of a source less one vector: each number is rounded once, to the source's precision. */
export function centred(source: FeatureSource, mean: Float64Array): FeatureSource {
  const { dims } = source;
  if (mean.length !== dims) {
    throw new RangeError(`mean: must have ${dims} numbers, got ${mean.length}`);
  }
  return {
    ...source,
    read: async (first, count) => {
      const block = await source.read(first, count);
      for (let f = 0; f < count; f++) {
        for (let d = 0; d < dims; d++) block[f * dims + d] -= mean[d];
      }
      return block;
    },
  };
}

/** The vectors of a source over their lengths; zero vectors stay. */
export function unitLength(source: FeatureSource): FeatureSource {
  const { dims } = source;
  return {
    ...source,
    read: async (first, count) => {
      const block = await source.read(first, count);
      for (let f = 0; f < count; f++) {
        const from = f * dims;
        const end = from + dims;
        let largest = 0;
        for (let j = from; j < end; j++) largest = Math.max(largest, Math.abs(block[j]));
        if (largest === 0) continue;
        // By way of the largest entry, lest squares overflow or vanish.
        let square = 0;
        for (let j = from; j < end; j++) square += (block[j] / largest) ** 2;
        const root = Math.sqrt(square);
        for (let j = from; j < end; j++) block[j] = block[j] / largest / root;
      }
      return block;
    },
  };
}

/**
 * The vectors of a source, each times a factor of its own: numbers are rounded once, to the source's precision.
 *
 * @throws RangeError if there is not one factor a feature.
 */
export function scaledBy(source: FeatureSource, factors: Float64Array): FeatureSource {
  const { dims, features } = source;
  if (factors.length !== features) {
    throw new RangeError(`factors: ${factors.length} numbers for ${features} features`);
  }
  return {
    ...source,
    read: async (first, count) => {
      const block = await source.read(first, count);
      for (let f = 0; f < count; f++) {
        for (let d = 0; d < dims; d++) block[f * dims + d] *= factors[first + f];
      }
      return block;
    },
  };
}
