import type { FeatureSource } from '../../embedding/feature-source.ts';
import { fillFastNormal } from '@polysem/numerics/random';
import { generatedSource, type BaselineSize } from './generated.ts';

/**
 * A matrix of independent standard normal entries; `gaussianBaselineFigures` has its expected figures.
 *
 * @param shape size, seed and precision.
 * @returns the features.
 * @example
 * ```js
 * import { gaussianSource } from 'polysem/streaming';
 * const source = gaussianSource({ dims: 3, features: 5, seed: 1 });
 * (await source.read(1, 2)).length; // 6
 * ```
 */
export function gaussianSource(shape: BaselineSize): FeatureSource {
  const { dims } = shape;
  return generatedSource('random Gaussian', shape, (stream, chunk, from) =>
    fillFastNormal(stream, chunk, from, from + dims),
  );
}
