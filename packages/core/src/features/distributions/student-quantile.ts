import { ln1p, normalQuantile, power } from '@polysem/numerics/elementary';

/**
 * The quantile of Student's t with nu degrees of freedom at u in (0, 1), with an error of about 1e-12, relative beyond 1 and
 * absolute near 0: Newton's method on the logarithm of the tail, which is an incomplete beta function. Antisymmetric about
 * u = 1/2.
 */
export function studentQuantile(u: number, nu: number): number {
  if (u === 0.5) return 0;
  if (u > 0.5) return -studentQuantile(1 - u, nu);
  const density = Math.exp(logGamma((nu + 1) / 2) - logGamma(nu / 2)) / Math.sqrt(nu * Math.PI);
  const z = -normalQuantile(u);
  let x = z + (z * z * z + z) / (4 * nu);
  for (let round = 0; round < 60; round++) {
    const tail = upperTail(x, nu);
    const slope = density * Math.exp((-(nu + 1) / 2) * ln1p((x * x) / nu));
    const step = (Math.log(tail / u) * tail) / slope;
    // Keeps the step away from 0, where the tangent of the logarithm is a poor approximation.
    const next = Math.max(x / 4, Math.min(4 * x + 1, x + step));
    if (Math.abs(next - x) <= 1e-14 * x) return -next;
    x = next;
  }
  return -x;
}

/** P(T > x) for x > 0: half the regularised incomplete beta function I of nu / (nu + x^2) at (nu / 2, 1 / 2). */
function upperTail(x: number, nu: number): number {
  const t = nu / (nu + x * x);
  const [a, b] = [nu / 2, 0.5];
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(t) + b * Math.log1p(-t),
  );
  const isLow = t < (a + 1) / (a + b + 2);
  const value = isLow
    ? (front * betaFraction(t, a, b)) / a
    : 1 - (front * betaFraction(1 - t, b, a)) / b;
  return value / 2;
}

/**
 * The continued fraction of the incomplete beta function (Abramowitz & Stegun 26.5.8), by Lentz's method, for
 * x < (a + 1) / (a + b + 2), where all denominators are positive: the first is at least 2 / (a + b + 2).
 */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction;
}

const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** log Gamma(x) for x > 0: Stirling's series above 15, and the recurrence below. */
function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < 15; at++) product *= at;
  const series = STIRLING.reduce((sum, term, k) => sum + term / power(at, 2 * k + 1), 0);
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}
