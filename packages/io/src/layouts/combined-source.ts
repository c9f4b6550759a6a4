import { checkFeatureRange, type FeatureSource } from '@polysem/core/embedding';
import { FormatError } from '../bytes/format-error.ts';

/**
 * Combines the vectors of sources with equally many features: one after the other, or added.
 *
 * @throws FormatError if the sources differ in features, or in dimensions for a sum.
 */
export function combinedSource(
  sources: readonly FeatureSource[],
  how: 'concatenated' | 'sum',
  sourceName: string,
): FeatureSource {
  const [first] = sources;
  const { features } = first;
  const sameSize = sources.every(
    (source) => source.features === features && (how !== 'sum' || source.dims === first.dims),
  );
  if (!sameSize) {
    const sizes = sources.map((source) => `${source.features} x ${source.dims}`).join(', ');
    throw new FormatError(sourceName, `matrices of ${sizes} cannot be combined`);
  }
  const dims = how === 'sum' ? first.dims : sources.reduce((sum, source) => sum + source.dims, 0);
  const precision = sources.some((source) => source.precision === 'float64')
    ? 'float64'
    : 'float32';
  return {
    name: first.name,
    dims,
    features,
    precision,
    read: async (from, count) => {
      checkFeatureRange({ name: first.name, features }, from, count);
      // Sums are rounded once, after they are complete.
      const isDouble = how === 'sum' || precision === 'float64';
      const out = isDouble ? new Float64Array(count * dims) : new Float32Array(count * dims);
      let offset = 0;
      for (const source of sources) {
        // oxlint-disable-next-line no-await-in-loop -- one part in memory beside the result
        const block = await source.read(from, count);
        for (let f = 0; f < count; f++) {
          const at = f * dims + offset;
          for (let d = 0; d < source.dims; d++) out[at + d] += block[f * source.dims + d];
        }
        if (how === 'concatenated') offset += source.dims;
      }
      return isDouble && precision === 'float32' ? Float32Array.from(out) : out;
    },
  };
}
