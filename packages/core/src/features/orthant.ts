import { integrate, normalCdf } from '@polysem/numerics/elementary';

const NEGLIGIBLE = 1e-16;

/** (h^2 + k^2 - 2 h k r) / (2 (1 - r^2)) without cancellation at r near 1 or -1; `noise` is 1 - r^2. */
function exponent(h: number, k: number, r: number, noise: number): number {
  return r > 0
    ? (h - k) ** 2 / (2 * noise) + (h * k) / (1 + r)
    : (h + k) ** 2 / (2 * noise) - (h * k) / (1 - r);
}

/**
 * P(X < h, Y < k) for standard normal X and Y with correlation r, with an error of about 1e-15. By Plackett's identity
 * the derivative with respect to r is the joint density at (h, k); it is integrated from r = 0 in the angle arcsin r.
 *
 * Source: Drezner and Wesolowsky, "On the computation of the bivariate normal integral" (1990).
 */
export function bivariateNormalCdf(h: number, k: number, r: number): number {
  const apart = normalCdf(h) * normalCdf(k);
  if (r === 0 || apart === 0 || h === Infinity || k === Infinity) return apart;
  const share = integrate(
    (angle) => Math.exp(-exponent(h, k, Math.sin(angle), Math.cos(angle) ** 2)),
    0,
    Math.asin(r),
    NEGLIGIBLE * apart,
  );
  return Math.max(0, apart + share / (2 * Math.PI));
}

/**
 * P(X_a < limits[a] for all a) for up to four standard normal variables with the given correlations.
 *
 * Integrates Plackett's identity along the straight line from independence to the given correlations: the derivative
 * with respect to the correlation of a pair is the joint density of the pair at its limits times the probability of the
 * other variables given the pair, which has at most two dimensions. The error is about 1e-12 of the product of the
 * marginal probabilities or of the result, whichever is larger, and up to 1e-8 of it for nearly singular correlations.
 * Variables with a correlation of 1 or -1 are merged first. Four of limit 0 with nearly equal or opposite ones among them take up
 * to a minute.
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
  let total = apart;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      if (correlation(i, j) === 0) continue;
      // With the sine of the angle as parameter the integrand has no pole at a correlation of 1.
      total += integrate(
        (angle) => pairTerm(limits, correlation, i, j, angle),
        0,
        Math.PI / 2,
        NEGLIGIBLE * apart,
      );
    }
  }
  return Math.max(0, total);
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

/** The derivative along the line through the correlation of the pair (i, j), per unit of the angle. */
function pairTerm(
  limits: readonly number[],
  correlation: (a: number, b: number) => number,
  i: number,
  j: number,
  angle: number,
): number {
  const along = Math.sin(angle);
  const full = correlation(i, j);
  const r = along * full;
  const noise = Math.cos(angle) ** 2 + along * along * (1 - full * full);
  const density =
    Math.exp(-exponent(limits[i], limits[j], r, noise)) / (2 * Math.PI * Math.sqrt(noise));
  const share = full * Math.cos(angle) * density;
  if (share === 0) return 0;

  const rest: GivenPair[] = [];
  for (let k = 0; k < limits.length; k++) {
    if (k === i || k === j) continue;
    const withI = along * correlation(k, i);
    const withJ = along * correlation(k, j);
    const onI = (withI - withJ * r) / noise;
    const onJ = (withJ - withI * r) / noise;
    const spread = Math.sqrt(Math.max(0, 1 - onI * withI - onJ * withJ));
    const beyond = limits[k] - onI * limits[i] - onJ * limits[j];
    // A limit of 0 stays 0 where nothing is left to vary.
    const limit = beyond === 0 ? 0 : beyond / spread;
    rest.push({ feature: k, withI, withJ, onI, onJ, spread, limit });
  }
  if (rest.length === 1) return share * normalCdf(rest[0].limit);
  const [k, l] = rest;
  const covariance = along * correlation(k.feature, l.feature) - k.onI * l.withI - k.onJ * l.withJ;
  const between = covariance / (k.spread * l.spread);
  const clipped = Math.max(-1, Math.min(1, Number.isNaN(between) ? 0 : between));
  return share * bivariateNormalCdf(k.limit, l.limit, clipped);
}

/** A third or fourth variable, given that the pair equals its limits: the regression on the pair, and the standardised limit. */
interface GivenPair {
  readonly feature: number;
  readonly withI: number;
  readonly withJ: number;
  readonly onI: number;
  readonly onJ: number;
  readonly spread: number;
  readonly limit: number;
}
