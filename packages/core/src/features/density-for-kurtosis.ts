import {
  checkMoment,
  checkValueDistribution,
  rawMoment,
  valueDistribution,
  type ValueDistribution,
} from './distributions/registry.ts';
import { moments } from './moments.ts';

/**
 * The density at which a feature has the given kurtosis: the inverse of `moments(...).kurtosis`.
 *
 * If z has mean zero, the density is Kurt[z] / kurtosis. Otherwise kurtosis is not monotone in density, and the result
 * is the smallest density with this kurtosis: on the sparse branch. With m_i = E[z^i] and density p, algebra gives
 *
 *   (kurtosis + 3) p (m2 - m1^2 p)^2 = m4 + (3 m2^2 - 4 m1 m3) p,
 *
 * and the sparse branch ends where 2 (3 m2^2 - 4 m1 m3) m1^2 p^2 + 3 m4 m1^2 p = m4 m2. For uniform-positive the branch
 * ends at p = 4/5 with kurtosis 27/16; from there to p = 1 kurtosis rises again, to 9/5.
 *
 * @param distribution of z: a shape and its parameters.
 * @param kurtosis of the whole feature, zeros included.
 * @returns P(active), in (0, 1].
 * @throws RangeError if no density in (0, 1] gives this kurtosis (the message names the attainable range), if the fourth
 * moment of z is infinite, or the distribution is invalid.
 *
 * @example
 * ```js
 * import { densityForKurtosis } from 'polysem/features';
 * densityForKurtosis({ shape: 'gaussian' }, 30); // 0.1
 * ```
 */
export function densityForKurtosis(distribution: ValueDistribution, kurtosis: number): number {
  checkValueDistribution(distribution);
  checkMoment(distribution, 4, 'kurtosis');
  const [m1, m2, m3, m4] = [1, 2, 3, 4].map((order) => rawMoment(distribution, order));
  const tilt = 3 * m2 * m2 - 4 * m1 * m3;
  const densest = smallestRoot(2 * tilt * m1 * m1, 3 * m4 * m1 * m1, -m4 * m2);
  const values = valueDistribution(distribution);
  const lowest = moments({ ...values, density: densest, unitVariance: false }).kurtosis;
  // Tolerates rounding, so that the lowest kurtosis itself has a solution.
  if (!(kurtosis >= lowest * (1 - 1e-12) && kurtosis < Infinity)) {
    throw new RangeError(
      `kurtosis: ${distribution.shape} has kurtosis ${lowest} (at density ${densest}) and above, got ${kurtosis}`,
    );
  }
  if (m1 === 0) return Math.min(1, m4 / (m2 * m2) / kurtosis);
  const excess = (p: number): number =>
    m4 + tilt * p - (kurtosis + 3) * p * (m2 - m1 * m1 * p) ** 2;
  const slope = (p: number): number =>
    tilt - (kurtosis + 3) * (m2 - m1 * m1 * p) * (m2 - 3 * m1 * m1 * p);
  return decreasingRoot(excess, slope, densest);
}

/** The smallest root in (0, 1] of a p^2 + b p + c, where c < 0 <= b; 1 if there is no such root. */
function smallestRoot(a: number, b: number, c: number): number {
  const discriminant = b * b - 4 * a * c;
  if (discriminant < 0) return 1;
  // This form of the smaller positive root does not cancel, and does not divide by a, which may be 0.
  return Math.min(1, (-2 * c) / (b + Math.sqrt(discriminant)));
}

/**
 * The root in (0, high] of a function with f(0) > 0 that crosses zero at most once, downwards: Newton's method from 0,
 * with bisection where a step would leave the bracket. `high` if there is no root.
 */
function decreasingRoot(
  f: (p: number) => number,
  slope: (p: number) => number,
  high: number,
): number {
  let low = 0;
  let p = 0;
  while (p < high) {
    const value = f(p);
    if (value > 0) low = p;
    else high = p;
    const newton = p - value / slope(p);
    const next = newton >= low && newton <= high ? newton : (low + high) / 2;
    if (next === p) return p;
    p = next;
  }
  return high;
}
