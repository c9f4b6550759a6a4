import type { FeatureSource } from '../../embedding/feature-source.ts';
import { generator } from '@polysem/numerics/random';
import { permutation } from '@polysem/numerics/random';
import { setLength } from './generated.ts';

/**
 * The directions of a matrix with its norms shuffled among them: the effect of which directions are long. Zero vectors have no
 * direction, so they stay and do not take part.
 *
 * @param source the features.
 * @param squaredNorm n_i = |w_i|^2, as measured.
 * @param seed seed of the permutation.
 * @returns the features.
 * @throws RangeError if the number of norms is not N.
 * @example
 * ```js
 * import { gaussianSource, shuffledNormsSource } from 'polysem/streaming';
 * const source = gaussianSource({ dims: 2, features: 1, seed: 1 });
 * shuffledNormsSource(source, Float64Array.of(1), 1).features; // 1
 * ```
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
      const chunk = await source.read(first, count);
      for (let f = 0; f < count; f++) setLength(chunk, f * dims, dims, lengths[first + f]);
      return chunk;
    },
  };
}
