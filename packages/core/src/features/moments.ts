import { power } from '@polysem/numerics/elementary';
import { distributions, parameterValues } from './distributions/registry.ts';
import { checkFeatureDistribution, type FeatureDistribution } from './feature-distribution.ts';

/** The exact moments of one feature x. */
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
 * If z has mean zero, the kurtosis is Kurt[z] / density (Scherlis et al. 2022, section 3). The variance is finite for
 * every valid distribution. For Student's t with nu degrees of freedom the fourth moment and the kurtosis are Infinity
 * if nu <= 4, and the third moment is NaN if nu <= 3.
 *
 * @param distribution the distribution of x.
 * @returns moments about the mean, the kurtosis and the scale c.
 * @throws RangeError for an invalid distribution.
 *
 * @example
 * ```js
 * import { moments } from 'polysem/features';
 * moments({ shape: 'uniform', density: 0.6, unitVariance: true }).kurtosis; // 3.000000
 * ```
 */
export function moments(distribution: FeatureDistribution): FeatureMoments {
  checkFeatureDistribution(distribution);
  return momentsOfChecked(distribution);
}

/**
 * The moments of a feature whose distribution has been checked.
 *
 * @param distribution a distribution that `checkFeatureDistribution` accepts.
 * @returns moments about the mean, the kurtosis and the scale c; see {@link moments}.
 *
 * @example
 * ```js
 * import { momentsOfChecked } from 'polysem/features';
 * momentsOfChecked({ shape: 'gaussian', density: 0.5, unitVariance: true }).kurtosis; // 6.000000
 * ```
 */
export function momentsOfChecked(distribution: FeatureDistribution): FeatureMoments {
  const { shape, density: p, unitVariance } = distribution;
  const values = parameterValues(distribution);
  // Raw moments of s z: s is 0 or 1, so that s^r = s.
  const raw = (order: number): number => p * distributions[shape].rawMoment(order, values);
  const [m1, m2, m3, m4] = [raw(1), raw(2), raw(3), raw(4)];
  const central2 = m2 - m1 * m1;
  // A mean of zero is a case of its own, because 0 * NaN would spoil moments that diverge.
  const central3 = m1 === 0 ? m3 : m3 - 3 * m1 * m2 + 2 * power(m1, 3);
  const central4 = m1 === 0 ? m4 : m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * power(m1, 4);
  const scale = unitVariance ? 1 / Math.sqrt(central2) : 1;
  return {
    mean: scale * m1,
    variance: unitVariance ? 1 : central2,
    thirdCentral: power(scale, 3) * central3,
    fourthCentral: power(scale, 4) * central4,
    kurtosis: central4 / central2 ** 2,
    scale,
  };
}
