import { exp } from './exponential.ts';
import { ln } from './logarithm.ts';

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);
/** Minus the logarithm of the density at 0. */
export const LOG_SQRT_2PI: number = ln(2 * Math.PI) / 2;

/** Up to here the power series is used, whose rounding errors are relative to 1/2, and from here on the continued fraction. */
const SERIES = 1.5;
/** Terms of the continued fraction, times z^2: with ten more the rest is below 2e-17 from z = 1 on. */
const TERMS = 400;

/**
 * Density of the standard normal distribution, phi(x).
 *
 * @param x argument.
 * @returns the density at x.
 * @example
 * ```js
 * import { normalDensity } from 'polysem/elementary';
 * normalDensity(0); // 0.398942
 * ```
 */
export function normalDensity(x: number): number {
  const square = x * x;
  if (square < 2 || square > 1500) return exp(-square / 2) * INVERSE_SQRT_2PI;
  // The square of the first digits is exact, so that the error of the exponent is not multiplied by its size.
  const near = Math.fround(x);
  return exp((-near * near) / 2) * exp((-(x - near) * (x + near)) / 2) * INVERSE_SQRT_2PI;
}

/**
 * Distribution function of the standard normal, Phi(x), with relative error about 1e-15 even in the tails: a power series
 * near 0 (Marsaglia 2004), the continued fraction of Mills's ratio further out. Below -37.5 it is subnormal, with an absolute
 * error of about 5e-324.
 *
 * @param x argument.
 * @returns the probability of a number up to x.
 * @example
 * ```js
 * import { normalCdf } from 'polysem/elementary';
 * normalCdf(0); // 0.5
 * ```
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  if (z < SERIES) return 0.5 + fromCentre(x);
  const tail = normalDensity(x) / hazard(z);
  return x > 0 ? 1 - tail : tail;
}

/** Density over tail probability at z >= `SERIES`. */
function hazard(z: number): number {
  let fraction = z;
  for (let k = Math.ceil(TERMS / (z * z)) + 10; k >= 1; k--) fraction = z + k / fraction;
  return fraction;
}

/** Phi(x) - 1/2 for |x| < `SERIES`. */
function fromCentre(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return sum * normalDensity(x);
}

/**
 * Quantile of the standard normal, the inverse of `normalCdf`, with relative error about 1e-15. Starts at formula 26.2.23
 * of Abramowitz and Stegun, accurate to 5e-4, and refines it by Newton's method, in the tail on ln Phi. -Infinity for 0,
 * Infinity for 1.
 *
 * @param p probability, in [0, 1].
 * @returns the quantile.
 * @example
 * ```js
 * import { normalQuantile } from 'polysem/elementary';
 * normalQuantile(0.975); // 1.959964
 * ```
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return -Infinity;
  const logP = ln(p);
  const t = Math.sqrt(-2 * logP);
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  let z = t - numerator / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let round = 0; round < 3; round++) {
    if (z < SERIES) {
      // 1/2 - p is exact near 1/2.
      z -= (fromCentre(z) - (0.5 - p)) / normalDensity(z);
    } else {
      const rate = hazard(z);
      z -= (logP + (z * z) / 2 + LOG_SQRT_2PI + ln(rate)) / rate;
    }
  }
  // The median is 0, not -0.
  return 0 - z;
}
