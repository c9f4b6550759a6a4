import { validateShape } from './distribution.ts';
import { moments } from './moments.ts';
import { rawMoment, type FeatureShape } from './shapes.ts';

/**
 * The density at which a feature of the given shape has the given kurtosis: the inverse of
 * `moments(...).kurtosis`.
 *
 * For a shape of mean zero the density is Kurt[z] / kurtosis. Otherwise kurtosis is not monotone in
 * density, and the answer lies on the sparse branch: the smallest density that gives this kurtosis.
 * With m_i = E[z^i] and p the density, algebra gives
 *
 *   (kurtosis + 3) p (m2 - m1^2 p)^2 = m4 + (3 m2^2 - 4 m1 m3) p,
 *
 * and the sparse branch ends where 2 (3 m2^2 - 4 m1 m3) m1^2 p^2 + 3 m4 m1^2 p = m4 m2. For
 * uniform-positive that is p = 4/5, of kurtosis 27/16; from there to p = 1 it rises to 9/5 again.
 *
 * @throws RangeError if no density in (0, 1] gives this kurtosis (the message names the attainable
 * range), if the shape has no fourth moment (student-t of nu <= 4), or is invalid.
 */
export function densityForKurtosis(
  shape: FeatureShape,
  kurtosis: number,
  degreesOfFreedom?: number,
): number {
  validateShape(shape, degreesOfFreedom);
  const [m1, m2, m3, m4] = [1, 2, 3, 4].map((i) => rawMoment(shape, i, degreesOfFreedom));
  if (m4 === Infinity) {
    throw new RangeError(
      `densityForKurtosis: ${shape} of ${degreesOfFreedom} degrees of freedom has infinite kurtosis at ` +
        'every density; take more than 4',
    );
  }
  const tilt = 3 * m2 * m2 - 4 * m1 * m3;
  const densest = smallestRoot(2 * tilt * m1 * m1, 3 * m4 * m1 * m1, -m4 * m2);
  const given = degreesOfFreedom === undefined ? {} : { degreesOfFreedom };
  const lowest = moments({ shape, density: densest, unitVariance: false, ...given }).kurtosis;
  // The slack is for rounding, so that the lowest kurtosis itself has an answer.
  if (!(kurtosis >= lowest * (1 - 1e-12) && kurtosis < Infinity)) {
    throw new RangeError(
      `densityForKurtosis: ${shape} attains kurtosis ${lowest} (at density ${densest}) and above, got ${kurtosis}`,
    );
  }
  if (m1 === 0) return Math.min(1, m4 / (m2 * m2) / kurtosis);
  const excess = (p: number): number =>
    m4 + tilt * p - (kurtosis + 3) * p * (m2 - m1 * m1 * p) ** 2;
  const slope = (p: number): number =>
    tilt - (kurtosis + 3) * (m2 - m1 * m1 * p) * (m2 - 3 * m1 * m1 * p);
  return decreasingRoot(excess, slope, densest);
}

/** The smallest root in (0, 1] of a p^2 + b p + c, where c < 0 <= b; 1 where there is none. */
function smallestRoot(a: number, b: number, c: number): number {
  const discriminant = b * b - 4 * a * c;
  if (discriminant < 0) return 1;
  // This form of the smaller positive root neither cancels nor divides by a vanishing a.
  return Math.min(1, (-2 * c) / (b + Math.sqrt(discriminant)));
}

/**
 * The root in (0, high] of a function that falls from f(0) > 0 through zero at most once: Newton's
 * method from 0, kept inside a bracket by bisection.
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
    if (value === 0) return p;
    if (value > 0) low = p;
    else high = p;
    const newton = p - value / slope(p);
    const next = newton >= low && newton <= high ? newton : (low + high) / 2;
    if (next === p) return p;
    p = next;
  }
  return high;
}
