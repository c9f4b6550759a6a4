import { integrate, normalCdf } from '@polysem/numerics/elementary';
import { bivariateNormalCdf } from './bivariate-normal.ts';
import { factorOf, pairDerivative } from './correlation-path.ts';

/** Accepted difference between an interval and its halves, of the result; the error of the halves is far smaller. */
const NEGLIGIBLE = 1e-14;

/** Error of the probabilities given a pair that does not count, of the result. */
const ROUNDING = 1e-15;

/** Where each variable has this variance of its own, the probability changes evenly along the path. */
const SMOOTH = 2 ** -8;

/** Logarithm of the angle before the end that is left out. */
const LOG_END = -40;

/**
 * P(X_a < limits[a] for all a) for up to four standard normal variables with the given correlations.
 *
 * Integrates Plackett's identity along the straight line from independence to the given correlations: the derivative
 * with respect to the correlation of a pair is the joint density of the pair at its limits times the probability of the
 * other variables given the pair, which has at most two dimensions. The error is about 1e-12 of the product of the
 * marginal probabilities or of the result, whichever is larger, also where the correlations are singular. The rounding of a
 * correlation r itself counts up to 2e-17 / sqrt(1 - r^2).
 *
 * Source: Plackett, "A reduction formula for normal multivariate integrals" (1954).
 *
 * @param limits at most four numbers.
 * @param correlation the correlation of X_a and X_b.
 */
export function normalOrthant(
  limits: readonly number[],
  correlation: (a: number, b: number) => number,
): number {
  const size = limits.length;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++)
      if (Math.abs(correlation(i, j)) === 1) return merged(limits, correlation, i, j);
  if (size === 2) return bivariateNormalCdf(limits[0], limits[1], correlation(0, 1));
  let apart = 1;
  for (const limit of limits) apart *= normalCdf(limit);
  if (size < 2 || apart === 0) return apart;
  const orthant = { limits, correlation, factor: factorOf(size, correlation) };
  const within = (scale: number): number => {
    let total = apart;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        if (correlation(i, j) === 0) continue;
        const derivative = pairDerivative(orthant, i, j, ROUNDING * scale);
        if (orthant.factor.least > SMOOTH)
          total += integrate(derivative, 0, Math.PI / 2, NEGLIGIBLE * scale);
        else {
          // In the logarithm of the angle a change at any distance from the end is as wide as any other.
          const ofLog = (log: number): number => Math.exp(log) * derivative(Math.exp(log));
          total += integrate(ofLog, LOG_END, Math.log(Math.PI / 2), NEGLIGIBLE * scale);
        }
      }
    }
    return Math.max(0, total);
  };
  const pairs = limits.flatMap((limit, i) =>
    limits.slice(0, i).map((other, j) => bivariateNormalCdf(limit, other, correlation(i, j))),
  );
  const most = Math.min(...pairs);
  const found = within(Math.max(apart, most));
  return found >= most / 2 ? found : within(Math.max(apart, found));
}

/** The orthant without the second of two variables that are equal, or opposite: then the first is between two limits. */
function merged(
  limits: readonly number[],
  correlation: (a: number, b: number) => number,
  first: number,
  second: number,
): number {
  const kept = Array.from(limits.keys()).filter((k) => k !== second);
  const within = (limit: number): number =>
    normalOrthant(
      kept.map((k) => (k === first ? limit : limits[k])),
      (a, b) => correlation(kept[a], kept[b]),
    );
  const [one, other] = [limits[first], limits[second]];
  if (correlation(first, second) > 0) return within(Math.min(one, other));
  return -other < one ? Math.max(0, within(one) - within(-other)) : 0;
}
