/* oxlint-disable no-await-in-loop -- one part of the source is in memory at a time */
import { embedding, type Embedding } from '../../embedding/embedding.ts';
import type { FeatureSource } from '../../embedding/feature-source.ts';
import { chunkFeatures, throwIfAborted } from '../chunks.ts';
import type { StreamHooks } from '../stream-measurement.ts';

/** Gaps between selected features that are read rather than skipped. */
const READ_ALONG = 64;

/**
 * The vectors of selected features, one after another. Reads the source forwards, in parts of about a chunk, and skips parts
 * without selected features.
 *
 * @param wanted indices in ascending order.
 */
export async function selectedVectors(
  source: FeatureSource,
  wanted: ArrayLike<number>,
  hooks: StreamHooks = {},
): Promise<Float32Array | Float64Array> {
  const { dims, precision } = source;
  const out = new (precision === 'float32' ? Float32Array : Float64Array)(wanted.length * dims);
  const longest = chunkFeatures(source);
  for (let at = 0; at < wanted.length;) {
    throwIfAborted(hooks);
    const first = wanted[at];
    let end = at + 1;
    while (
      end < wanted.length &&
      wanted[end] - wanted[end - 1] <= READ_ALONG &&
      wanted[end] - first < longest
    ) {
      end++;
    }
    const chunk = await source.read(first, wanted[end - 1] + 1 - first);
    for (; at < end; at++) {
      const from = (wanted[at] - first) * dims;
      out.set(chunk.subarray(from, from + dims), at * dims);
    }
  }
  return out;
}

/** Selected features as a source, in ascending order; the source itself if all are selected. */
export function selectedSource(source: FeatureSource, wanted: ArrayLike<number>): FeatureSource {
  if (wanted.length === source.features) return source;
  return {
    ...source,
    features: wanted.length,
    read: async (first, count) =>
      selectedVectors(
        source,
        Array.from({ length: count }, (_, k) => wanted[first + k]),
      ),
  };
}

/** Numbers in memory at a time for small groups: 32 MB in float64. */
const TOGETHER = 2 ** 22;

/** True if the vectors of `features` features may be in memory together. */
export function fitsTogether(features: number, dims: number): boolean {
  return features * dims <= TOGETHER;
}

/**
 * Reads groups of features, as many per pass as fit in memory, and calls `use` with the vectors of each, in order.
 *
 * @param source the features.
 * @param groups indices of the features in each group.
 * @param hooks a signal that stops the pass.
 * @param use called with the number of a group and its vectors.
 * @example
 * ```js
 * import { forEachGroup, gaussianSource } from 'polysem/streaming';
 * const source = gaussianSource({ dims: 2, features: 9, seed: 1 });
 * const sizes = [];
 * await forEachGroup(source, [[0, 8], [3]], {}, (group, w) => sizes.push(w.features));
 * sizes; // [2, 1]
 * ```
 */
export async function forEachGroup(
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
    const vectors = await selectedVectors(source, wanted, hooks);
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
