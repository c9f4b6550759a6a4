import type { FeatureSource } from '../../embedding/feature-source.ts';
import { generator } from '@polysem/numerics/random';
import { permutation } from '@polysem/numerics/random';
import { setLength } from './generated.ts';

/**
 * The directions of a matrix, its norms dealt out among them anew: what it matters which direction is long. Zero vectors,
 * which have no direction, stay, and so do not take part.
 *
 * @param squaredNorm n_i = |w_i|^2, as measured.
 * @throws RangeError if there is not one norm a feature.
 */
export function shuffledNormsSource(
  source: FeatureSource,
  squaredNorm: Float64Array,
  seed: number,
): FeatureSource {
  const { dims, features } = source;
  if (squaredNorm.length !== features) {
    throw new RangeError(`squaredNorm: ${squaredNorm.length} numbers for ${features} features`);
  }
  const places = Uint32Array.from(squaredNorm.keys()).filter((i) => squaredNorm[i] > 0);
  const lengths = new Float64Array(features);
  permutation(generator(seed), places.length).forEach((from, to) => {
    lengths[places[to]] = Math.sqrt(squaredNorm[places[from]]);
  });
  return {
    ...source,
    name: `${source.name}, norms shuffled`,
    read: async (first, count) => {
      const block = await source.read(first, count);
      for (let f = 0; f < count; f++) setLength(block, f * dims, dims, lengths[first + f]);
      return block;
    },
  };
}
