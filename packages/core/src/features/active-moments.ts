import { power } from '@polysem/numerics/elementary';
import { checkMoment, rawMoment } from './distributions/registry.ts';
import type { FeatureDistribution } from './feature-distribution.ts';
import { momentsOfChecked } from './moments.ts';

/**
 * E[x^r | active] of a feature for r = 0 .. 4: the moments of c z, where x = c s z.
 *
 * @param distribution the distribution of the feature.
 * @returns five numbers, by r.
 * @throws RangeError if the fourth moment is infinite, or the distribution is invalid.
 *
 * @example
 * ```js
 * import { activeMoments } from 'polysem/features';
 * activeMoments({ shape: 'gaussian', density: 0.1, unitVariance: false }); // [1, 0, 1, 0, 3]
 * ```
 */
export function activeMoments(distribution: FeatureDistribution): Float64Array {
  const { scale } = momentsOfChecked(distribution);
  checkMoment(distribution, 4, 'the exact loss');
  return Float64Array.from(
    [0, 1, 2, 3, 4],
    (order) => power(scale, order) * rawMoment(distribution, order),
  );
}
