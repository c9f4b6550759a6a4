import type { FeatureSource } from '../../embedding/feature-source.ts';
import { fillFastNormal } from '@polysem/numerics/random';
import { generatedSource, setLength, type BaselineSize } from './generated.ts';

/**
 * Random directions with the norms of a given matrix: the effect of the norms alone.
 *
 * @param shape size, seed and precision.
 * @param squaredNorm n_i = |w_i|^2, as measured.
 * @returns the features.
 * @throws RangeError if the number of norms is not N.
 * @example
 * ```js
 * import { ownNormsSource } from 'polysem/streaming';
 * const shape = { dims: 1, features: 2, seed: 1, precision: 'float64' };
 * Array.from(await ownNormsSource(shape, Float64Array.of(4, 9)).read(0, 2), Math.abs); // [2, 3]
 * ```
 */
export function ownNormsSource(shape: BaselineSize, squaredNorm: Float64Array): FeatureSource {
  const { dims, features } = shape;
  if (squaredNorm.length !== features) {
    throw new RangeError(`squaredNorm: ${squaredNorm.length} numbers for ${features} features`);
  }
  return generatedSource('own norms, random directions', shape, (stream, chunk, from, i) => {
    if (squaredNorm[i] === 0) return;
    fillFastNormal(stream, chunk, from, from + dims);
    setLength(chunk, from, dims, Math.sqrt(squaredNorm[i]));
  });
}
