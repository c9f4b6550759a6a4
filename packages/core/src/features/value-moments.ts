import type { FeatureDistribution } from './distribution.ts';
import { moments } from './moments.ts';
import { rawMoment } from './shapes.ts';

/**
 * E[x^r | active] of a feature for r = 0 .. 4: those of c z, where x = c s z.
 *
 * @throws RangeError if the fourth does not exist, or the distribution is invalid.
 */
export function activeMoments(distribution: FeatureDistribution): Float64Array {
  const { scale } = moments(distribution);
  const { shape, degreesOfFreedom } = distribution;
  const raw = Float64Array.from(
    [0, 1, 2, 3, 4],
    (order) => scale ** order * rawMoment(shape, order, degreesOfFreedom),
  );
  if (!Number.isFinite(raw[4])) {
    throw new RangeError(
      `marginal: ${shape} of ${degreesOfFreedom} degrees of freedom has no fourth moment; the exact loss needs one, so take more than 4`,
    );
  }
  return raw;
}
