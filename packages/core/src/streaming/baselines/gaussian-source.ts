import type { FeatureSource } from '../../embedding/feature-source.ts';
import { fillFastNormal } from '@polysem/numerics/random';
import { generatedSource, type BaselineShape } from './generated.ts';

/** A matrix of independent standard normal entries; see `gaussianChance` for what it measures on average. */
export function gaussianSource(shape: BaselineShape): FeatureSource {
  const { dims } = shape;
  return generatedSource('random Gaussian', shape, (stream, block, from) =>
    fillFastNormal(stream, block, from, from + dims),
  );
}
