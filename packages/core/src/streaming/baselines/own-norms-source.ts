import type { FeatureSource } from '../../embedding/feature-source.ts';
import { fillFastNormal } from '@polysem/numerics/random';
import { generatedSource, setLength, type BaselineShape } from './generated.ts';

/**
 * Directions at random with the lengths of a matrix: what its norms do by themselves.
 *
 * @param squaredNorm n_i = |w_i|^2, as measured.
 * @throws RangeError if there is not one norm a feature.
 */
export function ownNormsSource(shape: BaselineShape, squaredNorm: Float64Array): FeatureSource {
  const { dims, features } = shape;
  if (squaredNorm.length !== features) {
    throw new RangeError(`squaredNorm: ${squaredNorm.length} numbers for ${features} features`);
  }
  return generatedSource('own norms, random directions', shape, (stream, block, from, i) => {
    if (squaredNorm[i] === 0) return;
    fillFastNormal(stream, block, from, from + dims);
    setLength(block, from, dims, Math.sqrt(squaredNorm[i]));
  });
}
