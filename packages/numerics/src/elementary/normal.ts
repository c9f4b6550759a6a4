import { exp } from './exponential.ts';
import { ln } from './logarithm.ts';

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** Beyond this the tail is below 1e-300. */
const FAR = 37;

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
  return exp((-x * x) / 2) * INVERSE_SQRT_2PI;
}

/**
 * Distribution function of the standard normal, Phi(x), with relative error about 1e-15 even in the tails: a power series
 * near 0 (Marsaglia 2004), the continued fraction of Mills's ratio further out.
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
  if (Number.isNaN(x)) return NaN;
  if (x > FAR) return 1;
  if (x < -FAR) return 0;
  const density = normalDensity(x);
  const z = Math.abs(x);
  if (z < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 + sum * density;
  }
  let fraction = z;
  for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
  const tail = density / fraction;
  return x > 0 ? 1 - tail : tail;
}

/**
 * Quantile of the standard normal, the inverse of `normalCdf`, with relative error about 1e-15. Starts at formula 26.2.23
 * of Abramowitz and Stegun, accurate to 5e-4, and refines it by Halley's method. -Infinity for 0, Infinity for 1.
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
  const t = Math.sqrt(-2 * ln(p));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  let x = numerator / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let round = 0; round < 3; round++) {
    const step = (normalCdf(x) - p) / normalDensity(x);
    x -= step / (1 + (x * step) / 2);
  }
  return x;
}
