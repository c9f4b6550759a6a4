/* oxlint-disable no-await-in-loop -- one chunk is in memory at a time */
import { checkFeatureRange, type FeatureSource } from '../embedding/feature-source.ts';
import { chunkFeatures, chunksOf, bytesOf, throwIfAborted } from './chunks.ts';
import { largestEntry } from './scaling.ts';
import type { StreamHooks } from './stream-measurement.ts';

/** Bytes of the rows that are in memory at a time. */
const PANEL_BYTES = 128 * 2 ** 20;

/** Rows copied at a time; their cache lines stay in the cache for all features of a chunk. */
const AT_ONCE = 16;

/**
 * The rows of W as vectors: a source of D vectors of N numbers. Panels of as many rows as fit in 128 MiB are kept in memory;
 * the source is read once per panel.
 *
 * @throws RangeError (as rejection) if a number is not finite, naming the feature.
 */
export function transposed(
  source: FeatureSource,
  hooks: StreamHooks = {},
  panelBytes: number = PANEL_BYTES,
): FeatureSource {
  const { dims, features, precision, name } = source;
  const NumberArray = precision === 'float32' ? Float32Array : Float64Array;
  const width = Math.max(1, Math.min(dims, Math.floor(panelBytes / features / bytesOf(precision))));
  let panel: { readonly from: number; readonly numbers: Float32Array | Float64Array } | null = null;

  const load = async (from: number): Promise<NonNullable<typeof panel>> => {
    panel = null;
    const end = Math.min(dims, from + width);
    const numbers = new NumberArray((end - from) * features);
    for (const { first, count } of chunksOf(features, chunkFeatures(source))) {
      throwIfAborted(hooks);
      const chunk = await source.read(first, count);
      largestEntry(chunk, dims, first, name);
      for (let d = from; d < end; d += AT_ONCE) {
        const stop = Math.min(end, d + AT_ONCE);
        for (let f = 0; f < count; f++) {
          for (let e = d; e < stop; e++) {
            numbers[(e - from) * features + first + f] = chunk[f * dims + e];
          }
        }
      }
    }
    return (panel = { from, numbers });
  };

  return {
    name,
    dims: features,
    features: dims,
    precision,
    read: async (first, count) => {
      checkFeatureRange({ name, features: dims }, first, count);
      const out = new NumberArray(count * features);
      for (let d = first; d < first + count;) {
        const from = Math.floor(d / width) * width;
        const { numbers } = panel?.from === from ? panel : await load(from);
        const end = Math.min(first + count, from + width);
        out.set(
          numbers.subarray((d - from) * features, (end - from) * features),
          (d - first) * features,
        );
        d = end;
      }
      return out;
    },
  };
}
