import { type DoubleDouble, plus, times } from './double-double.ts';
import { exp } from './exponential.ts';
import { ln, ln1p } from './logarithm.ts';

const LOG_2PI = ln(2 * Math.PI);
/** Stirling's series in 1 / x: five terms suffice from this x on. */
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

/** ln(1 + u) - u, without cancellation near 0: the series of atanh in r = u / (2 + u). */
function ln1pRest(u: number): number {
  if (Math.abs(u) > 0.5) return ln1p(u) - u;
  const r = u / (2 + u);
  const square = r * r;
  let sum = 0;
  // |r| is at most 1/3, so the first omitted term is below 1e-17 of the sum.
  for (let k = 35; k >= 3; k -= 2) sum = sum * square + 1 / k;
  return r * (2 * square * sum - u);
}

/** x, y = 1 - x, and the distance (a + b) x - a from the mean, none of which has lost digits to cancellation. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly away: number;
}

function double(high: number): DoubleDouble {
  return { high, low: 0 };
}

function placeOf(x: number, y: number, a: number, b: number): Place {
  const n = plus(double(a), double(b));
  const away = x < y ? plus(times(n, x), double(-a)) : plus(double(b), times(n, -y));
  return { x, y, away: away.high };
}

/**
 * x^a y^b Gamma(a + b) / (Gamma(a) Gamma(b)), in terms of the distance from the mean, so that large a and b cost no digits
 * (Loader 2000).
 */
function massOf(a: number, b: number): (place: Place) => number {
  const n = a + b;
  const rest = stirlingError(n) - stirlingError(a) - stirlingError(b) - LOG_2PI / 2;
  const factor = Math.sqrt(a) * Math.sqrt(b / n);
  // Far below the mean ln of the ratio itself has less rounding.
  const part = (share: number, size: number, distance: number): number =>
    distance < -0.5 * size
      ? size * ln((share * n) / size) - distance
      : size * ln1pRest(distance / size);
  return ({ x, y, away }) => exp(part(x, a, away) + part(y, b, -away) + rest) * factor;
}

function nonzero(value: number): number {
  return value === 0 ? 1e-300 : value;
}

/** `mass` over I_x(a, b): a continued fraction (DiDonato and Morris 1992) by Lentz's method, for x below the mean. */
function fraction({ x, y, away }: Place, a: number, b: number): number {
  let value = nonzero((a * (1 - away)) / (a + 1));
  let c = value;
  let d = 0;
  for (let m = 1; m <= 100_000; m++) {
    const odd = a + 2 * m - 1;
    const above = (((a + m - 1) * (a + b + m - 1)) / odd) * ((m * (b - m)) / odd) * x * x;
    const below = m + (m * (b - m) * x) / odd + ((a + m) * (1 - away + m * (1 + y))) / (odd + 2);
    d = 1 / nonzero(below + above * d);
    c = nonzero(below + above / c);
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
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
 * betaDistribution(1, 2)(0.5); // { cdf: 0.75, density: 1 }
 * ```
 */
export function betaDistribution(a: number, b: number): (x: number, y?: number) => BetaAt {
  const massAt = massOf(a, b);
  return (x, y = 1 - x) => {
    const place = placeOf(x, y, a, b);
    const mass = massAt(place);
    const density = mass / (x * y);
    if (x < (a + 1) / (a + b + 2)) return { cdf: mass / fraction(place, a, b), density };
    const above = mass / fraction({ x: y, y: x, away: -place.away }, b, a);
    return { cdf: 1 - above, density };
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
