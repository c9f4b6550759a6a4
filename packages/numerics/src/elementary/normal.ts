import { exp } from './exponential.ts';
import { ln } from './logarithm.ts';

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** Beyond this the tail is below 1e-300. */
const FAR = 37;

/** phi(x), the density of the standard normal. */
export function normalDensity(x: number): number {
  return exp((-x * x) / 2) * INVERSE_SQRT_2PI;
}

/**
 * Phi(x), the distribution function of the standard normal, to about 1e-15 relative, tails included: its power series
 * near 0 (Marsaglia 2004), the continued fraction of Mills's ratio further out.
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
 * The x at which `normalCdf` is p, to about 1e-15 relative: formula 26.2.23 of Abramowitz and Stegun, within 5e-4, made
 * exact by Halley's method. -Infinity for 0, Infinity for 1.
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
