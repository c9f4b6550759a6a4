import { inInterval } from '@polysem/numerics/checks';
import type { FeatureSource } from '../../embedding/feature-source.ts';
import { fastUniform, fillFastNormal } from '@polysem/numerics/random';
import { generatedSource, type BaselineSize } from './generated.ts';

/** A random sparse matrix; `density` is the probability of a non-zero entry, in (0, 1]. */
export interface SparseBaselineSize extends BaselineSize {
  readonly density: number;
}

/**
 * A matrix whose entries are non-zero with probability `density`, and then normal with variance 1 / density, so that all
 * entries have variance 1. `densityOfEntries` estimates a matching density for a given matrix.
 *
 * @param shape size, density, seed and precision.
 * @returns the features.
 * @throws RangeError if a size is not a positive integer or the density is not in (0, 1].
 * @example
 * ```js
 * import { sparseSource } from 'polysem/streaming';
 * sparseSource({ dims: 4, features: 8, density: 0.5, seed: 1 }).features; // 8
 * ```
 */
export function sparseSource(shape: SparseBaselineSize): FeatureSource {
  const { dims, density } = shape;
  inInterval('density', density, 0, 1, '(]');
  const deviation = 1 / Math.sqrt(density);
  return generatedSource('random sparse', shape, (stream, chunk, from) => {
    fillFastNormal(stream, chunk, from, from + dims, deviation);
    for (let d = 0; d < dims; d++) if (fastUniform(stream) >= density) chunk[from + d] = 0;
  });
}
