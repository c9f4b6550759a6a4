import type { FeatureSource } from '../../embedding/feature-source.ts';
import { fastUniform, fillFastNormal } from '@polysem/numerics/random';
import { generatedSource, type BaselineShape } from './generated.ts';

/** A sparse matrix: `density` is the probability of an entry to be other than 0, in (0, 1]. */
export interface SparseShape extends BaselineShape {
  readonly density: number;
}

/**
 * A matrix whose entries are 0 but with a probability, and then normal of variance 1 / density, so that all have variance
 * 1. A density may be taken from a matrix: its share of entries that are not 0, or 3 PR / D, where PR = n^2 / sum w_d^4 is
 * the mean participation of its features in the coordinates: a dense Gaussian vector has D / 3.
 *
 * @throws RangeError if a size is not a positive integer or the density not in (0, 1].
 */
export function sparseSource(shape: SparseShape): FeatureSource {
  const { dims, density } = shape;
  if (!(density > 0 && density <= 1)) {
    throw new RangeError(`density: must be in (0, 1], got ${density}`);
  }
  const deviation = 1 / Math.sqrt(density);
  return generatedSource('random sparse', shape, (stream, block, from) => {
    fillFastNormal(stream, block, from, from + dims, deviation);
    for (let d = 0; d < dims; d++) if (fastUniform(stream) >= density) block[from + d] = 0;
  });
}
