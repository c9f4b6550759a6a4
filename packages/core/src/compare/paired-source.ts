/* oxlint-disable no-await-in-loop -- one chunk is read at a time */
import type { FeatureSource } from '../embedding/feature-source.ts';
import { chunkFeatures, chunksOf, throwIfAborted } from '../streaming/chunks.ts';
import { cosine } from '../streaming/chunk-pair.ts';
import { selectedVectors } from '../streaming/geometry/selected-features.ts';
import type { StreamHooks } from '../streaming/stream-measurement.ts';
import type { PairIndices } from './pair-features.ts';

/** Chosen features of a source, in any order and as often as they are named; the source itself if all are in order. */
export function inOrder(source: FeatureSource, wanted: Int32Array): FeatureSource {
  const { dims, features } = source;
  if (wanted.length === features && wanted.every((index, i) => index === i)) return source;
  return {
    ...source,
    features: wanted.length,
    read: async (first, count) => {
      const part = wanted.slice(first, first + count);
      const sorted = Int32Array.from(new Set(part)).toSorted();
      const vectors = await selectedVectors(source, sorted);
      if (sorted.length === count && sorted.every((index, k) => index === part[k])) return vectors;
      const place = new Map(Array.from(sorted, (index, k) => [index, k]));
      const out = new (vectors.constructor as Float64ArrayConstructor)(count * dims);
      part.forEach((index, k) => {
        const from = (place.get(index) as number) * dims;
        out.set(vectors.subarray(from, from + dims), k * dims);
      });
      return out;
    },
  };
}

/** The vectors of each pair one after the other, as one vector of 2 D numbers, in float64. */
export function stacked(a: FeatureSource, b: FeatureSource, pairs: PairIndices): FeatureSource {
  const [ofA, ofB] = [inOrder(a, pairs.a), inOrder(b, pairs.b)];
  const { dims } = a;
  return {
    name: `${a.name} and ${b.name}`,
    dims: 2 * dims,
    features: pairs.a.length,
    precision: 'float64',
    read: async (first, count) => {
      const [left, right] = [await ofA.read(first, count), await ofB.read(first, count)];
      const out = new Float64Array(2 * count * dims);
      for (let f = 0; f < count; f++) {
        out.set(left.subarray(f * dims, (f + 1) * dims), 2 * f * dims);
        out.set(right.subarray(f * dims, (f + 1) * dims), (2 * f + 1) * dims);
      }
      return out;
    },
  };
}

/** The signed cosine of each pair, in float64; NaN where a vector is zero. */
export async function pairCosines(
  a: FeatureSource,
  b: FeatureSource,
  pairs: PairIndices,
  hooks: Pick<StreamHooks, 'signal'>,
): Promise<Float64Array> {
  const [ofA, ofB] = [inOrder(a, pairs.a), inOrder(b, pairs.b)];
  const { dims } = a;
  const cosines = new Float64Array(pairs.a.length);
  for (const { first, count } of chunksOf(cosines.length, chunkFeatures(a))) {
    throwIfAborted(hooks);
    const [left, right] = [await ofA.read(first, count), await ofB.read(first, count)];
    for (let f = 0; f < count; f++) cosines[first + f] = cosine(left, f, right, f, dims);
  }
  return cosines;
}
