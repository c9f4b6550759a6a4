import { validateDistribution, type FeatureDistribution } from './distribution.ts';
import { rawMoment } from './shapes.ts';

/** The exact moments of one input feature x. */
export interface FeatureMoments {
  readonly mean: number;
  readonly variance: number;
  /** E[(x - mean)^3]. */
  readonly thirdCentral: number;
  /** E[(x - mean)^4]. */
  readonly fourthCentral: number;
  /** fourthCentral / variance^2: 3 for a normal; the k of the paper's equation 12. */
  readonly kurtosis: number;
  /** The factor c in x = c s z. */
  readonly scale: number;
}

/**
 * The exact moments of x = c s z in closed form.
 *
 * For a shape of mean zero the kurtosis is Kurt[z] / density (Scherlis et al. 2022, section 3).
 * The variance exists for every valid distribution; for Student's t of nu <= 4 degrees of freedom
 * the fourth moment and the kurtosis are Infinity, and for nu <= 3 the third moment is NaN.
 *
 * @throws RangeError for an invalid distribution.
 */
export function moments(distribution: FeatureDistribution): FeatureMoments {
  validateDistribution(distribution);
  const { shape, density: p, unitVariance, degreesOfFreedom } = distribution;
  // Raw moments of s z: a power of s is s itself.
  const m1 = p * rawMoment(shape, 1, degreesOfFreedom);
  const m2 = p * rawMoment(shape, 2, degreesOfFreedom);
  const m3 = p * rawMoment(shape, 3, degreesOfFreedom);
  const m4 = p * rawMoment(shape, 4, degreesOfFreedom);
  const central2 = m2 - m1 * m1;
  // Apart where the mean is zero, because 0 * NaN would spoil the moments that diverge.
  const central3 = m1 === 0 ? m3 : m3 - 3 * m1 * m2 + 2 * m1 ** 3;
  const central4 = m1 === 0 ? m4 : m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1 ** 4;
  const scale = unitVariance ? 1 / Math.sqrt(central2) : 1;
  return {
    mean: scale * m1,
    variance: unitVariance ? 1 : central2,
    thirdCentral: scale ** 3 * central3,
    fourthCentral: scale ** 4 * central4,
    kurtosis: central4 / central2 ** 2,
    scale,
  };
}
