import type { FeatureSource } from '../../embedding/feature-source.ts';
import { fillFastNormal } from '@polysem/numerics/random';
import { generatedSource, setLength, type BaselineShape } from './generated.ts';

/** Independent unit vectors, uniform on the sphere; see `unitVectorChance` for what they measure on average. */
export function unitVectorSource(shape: BaselineShape): FeatureSource {
  const { dims } = shape;
  return generatedSource('random unit vectors', shape, (stream, block, from) => {
    fillFastNormal(stream, block, from, from + dims);
    setLength(block, from, dims, 1);
  });
}
