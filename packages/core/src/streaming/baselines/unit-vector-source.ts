import type { FeatureSource } from '../../embedding/feature-source.ts';
import { fillFastNormal } from '@polysem/numerics/random';
import { generatedSource, setLength, type BaselineSize } from './generated.ts';

/** Independent unit vectors, uniform on the sphere; `unitVectorBaselineFigures` has their expected figures. */
export function unitVectorSource(shape: BaselineSize): FeatureSource {
  const { dims } = shape;
  return generatedSource('random unit vectors', shape, (stream, chunk, from) => {
    fillFastNormal(stream, chunk, from, from + dims);
    setLength(chunk, from, dims, 1);
  });
}
