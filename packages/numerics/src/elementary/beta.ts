import { exp } from './exponential.ts';
import { ln, ln1pRest } from './logarithm.ts';
import { LOG_SQRT_2PI } from './normal.ts';

/** Stirling's series in 1 / x: from this x on the first omitted term is below 3e-15. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];
const LEAST = 12;

/** ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi) / 2 for x > 0. */
function stirlingError(x: number): number {
  let product = 1;
  let at = x;
  for (; at < LEAST; at++) product *= at;
  const inverse = 1 / at;
  const series = STIRLING.reduceRight((sum, term) => sum * inverse * inverse + term, 0) * inverse;
  if (at === x) return series;
  return series + (at - 0.5) * ln(at) - at - ln(product) - (x - 0.5) * ln(x) + x;
}

/**
 * x^a y^b Gamma(a + b) / (Gamma(a) Gamma(b)) for y = 1 - x and the distance (a + b) x - a from the mean, so that large a and b
 * cost no digits (Loader 2000).
 */
function massOf(a: number, b: number): (x: number, y: number, away: number) => number {
  const n = a + b;
  const rest = stirlingError(n) - stirlingError(a) - stirlingError(b) - LOG_SQRT_2PI;
  const factor = Math.sqrt(a) * Math.sqrt(b / n);
  // Far below the mean ln of the ratio itself has less rounding.
  const part = (share: number, size: number, distance: number): number =>
    distance < -size / 2
      ? size * ln((share * n) / size) - distance
      : size * ln1pRest(distance / size);
  return (x, y, away) => exp(part(x, a, away) + part(y, b, -away) + rest) * factor;
}

/**
 * `massOf` over I_x(a, b): a continued fraction (DiDonato and Morris 1992) by Lentz's method, for x below (a + 1) / (a + b + 2),
 * where its denominators are positive.
 */
// Many parameters because each is known with more digits than the others give.
function fraction(x: number, y: number, away: number, a: number, b: number): number {
  let value = (a * (1 - away)) / (a + 1);
  let c = value;
  let d = 0;
  for (let m = 1; m <= 100_000; m++) {
    const odd = a + 2 * m - 1;
    const above = (((a + m - 1) * (a + b + m - 1)) / odd) * ((m * (b - m)) / odd) * x * x;
    const below = m + (m * (b - m) * x) / odd + ((a + m) * (1 - away + m * (1 + y))) / (odd + 2);
    d = 1 / (below + above * d);
    c = below + above / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;
}

/** The distribution function and the density of a beta distribution at one place. */
export interface BetaAt {
  /** I_x(a, b), in [0, 1]. */
  readonly cdf: number;
  readonly density: number;
}

/**
 * Beta(a, b), with what all places have in common computed once. The distribution function has an error of about 1e-14 for a and
 * b up to 1e6, which is relative for x below the mean.
 *
 * @param a first parameter, positive.
 * @param b second parameter, positive.
 * @returns a function of x, and of 1 - x where that is known with more digits, to the distribution function and the density at
 * x in (0, 1).
 * @example
 * ```js
 * import { betaDistribution } from 'polysem/elementary';
 * betaDistribution(1, 2)(0.5).cdf; // 0.750000
 * ```
 */
export function betaDistribution(a: number, b: number): (x: number, y?: number) => BetaAt {
  const n = a + b;
  const massAt = massOf(a, b);
  // n times the first digits is exact for whole and half n up to 2^28.
  const distance = (share: number, size: number): number => {
    const near = Math.fround(share);
    return n * near - size + n * (share - near);
  };
  return (x, y = 1 - x) => {
    const away = x < y ? distance(x, a) : -distance(y, b);
    const mass = massAt(x, y, away);
    const isBelow = x < (a + 1) / (n + 2);
    return {
      cdf: isBelow ? mass / fraction(x, y, away, a, b) : 1 - mass / fraction(y, x, -away, b, a),
      density: mass / (x * y),
    };
  };
}

/**
 * Distribution function of Beta(a, b): the regularised incomplete beta I_x(a, b), as accurate as `betaDistribution`.
 *
 * @param x where it is evaluated.
 * @param a first parameter, positive.
 * @param b second parameter, positive.
 * @returns the probability of at most x, in [0, 1].
 * @example
 * ```js
 * import { betaCdf } from 'polysem/elementary';
 * betaCdf(0.5, 1, 2); // 0.75
 * ```
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  return betaDistribution(a, b)(x).cdf;
}

/**
 * Quantile of Beta(a, b) at probability p, by bisection, as accurate as `betaCdf`.
 *
 * @param p probability, in [0, 1].
 * @param a first parameter, positive.
 * @param b second parameter, positive.
 * @returns the quantile, in [0, 1].
 * @example
 * ```js
 * import { betaQuantile } from 'polysem/elementary';
 * betaQuantile(0.5, 2, 2); // 0.5
 * ```
 */
export function betaQuantile(p: number, a: number, b: number): number {
  const at = betaDistribution(a, b);
  let low = 0;
  let high = 1;
  for (let round = 0; round < 200 && high - low > 1e-14 * high; round++) {
    const middle = (low + high) / 2;
    if (at(middle).cdf < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
