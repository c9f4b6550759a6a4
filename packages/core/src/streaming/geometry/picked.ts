/* oxlint-disable no-await-in-loop -- one stretch of the source is in memory at a time */
import { embedding, type Embedding } from '../../embedding/embedding.ts';
import type { FeatureSource } from '../../embedding/feature-source.ts';
import { blockFeatures, stopIfAsked } from '../blocks.ts';
import type { StreamHooks } from '../stream-measurement.ts';

/** Gaps between wanted features that are read along rather than skipped. */
const READ_ALONG = 64;

/**
 * The vectors of some features, one after the other: the source is read forward, in stretches of about a block, and not
 * where no wanted feature is near.
 *
 * @param wanted ascending.
 */
export async function pickedVectors(
  source: FeatureSource,
  wanted: ArrayLike<number>,
  hooks: StreamHooks = {},
): Promise<Float32Array | Float64Array> {
  const { dims, precision } = source;
  const out = new (precision === 'float32' ? Float32Array : Float64Array)(wanted.length * dims);
  const longest = blockFeatures(source);
  for (let at = 0; at < wanted.length;) {
    stopIfAsked(hooks);
    const first = wanted[at];
    let end = at + 1;
    while (
      end < wanted.length &&
      wanted[end] - wanted[end - 1] <= READ_ALONG &&
      wanted[end] - first < longest
    ) {
      end++;
    }
    const block = await source.read(first, wanted[end - 1] + 1 - first);
    for (; at < end; at++) {
      const from = (wanted[at] - first) * dims;
      out.set(block.subarray(from, from + dims), at * dims);
    }
  }
  return out;
}

/** Some features of a source as a source of their own, in ascending order; the source itself if they are all of it. */
export function pickedSource(source: FeatureSource, wanted: ArrayLike<number>): FeatureSource {
  if (wanted.length === source.features) return source;
  return {
    ...source,
    features: wanted.length,
    read: async (first, count) =>
      pickedVectors(
        source,
        Array.from({ length: count }, (_, k) => wanted[first + k]),
      ),
  };
}

/** Numbers of small groups that are in memory together: 32 MB in float64. */
const TOGETHER = 2 ** 22;

/** Whether the vectors of so many features may be in memory together. */
export function fitsTogether(features: number, dims: number): boolean {
  return features * dims <= TOGETHER;
}

/** Gathers groups of features, as many in one reading as memory holds, and gives `use` each with its vectors, in order. */
export async function forEachGathered(
  source: FeatureSource,
  groups: readonly (readonly number[])[],
  hooks: StreamHooks,
  use: (group: number, w: Embedding) => void,
): Promise<void> {
  const { dims } = source;
  for (let from = 0; from < groups.length;) {
    let end = from + 1;
    let features = groups[from].length;
    while (end < groups.length && fitsTogether(features + groups[end].length, dims)) {
      features += groups[end++].length;
    }
    const wanted = Int32Array.from(groups.slice(from, end).flat()).toSorted();
    const vectors = await pickedVectors(source, wanted, hooks);
    const place = new Map<number, number>();
    wanted.forEach((i, at) => place.set(i, at));
    for (let g = from; g < end; g++) {
      const data = vectors.slice(0, groups[g].length * dims);
      groups[g].forEach((i, k) => {
        const at = (place.get(i) ?? 0) * dims;
        data.set(vectors.subarray(at, at + dims), k * dims);
      });
      use(g, embedding(dims, groups[g].length, data));
    }
    from = end;
  }
}
