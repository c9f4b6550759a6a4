import { ln, ln1p } from './logarithm.ts';

/** ln Gamma(x) for x > 0, to about 1e-14: Stirling's series, at an argument shifted up until seven terms suffice. */
function lnGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 12; at++) shift += ln(at);
  const inverse2 = 1 / (at * at);
  const series =
    (1 / 12 -
      inverse2 *
        (1 / 360 - inverse2 * (1 / 1260 - inverse2 * (1 / 1680 - inverse2 * (1 / 1188))))) /
    at;
  return (at - 0.5) * ln(at) - at + 0.5 * ln(2 * Math.PI) + series - shift;
}

/** Continued fraction of the incomplete beta function by Lentz's method (Numerical Recipes, 6.4.5). */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return h;
}

/**
 * Distribution function of Beta(a, b): the regularised incomplete beta I_x(a, b), to about 1e-10 for a, b up to 1e6.
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
  const front = Math.exp(a * ln(x) + b * ln1p(-x) + lnGamma(a + b) - lnGamma(a) - lnGamma(b));
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(x, a, b)) / a
    : 1 - (front * fraction(1 - x, b, a)) / b;
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
  let low = 0;
  let high = 1;
  for (let round = 0; round < 200 && high - low > 1e-14 * high; round++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
