import { ln, ln1p } from '@polysem/numerics/elementary';

/**
 * ln of an upper bound on P(|t| > x) for Student's t with nu degrees of freedom, at most 0. With z = nu / (nu + x^2) the tail
 * is the regularised incomplete beta function I_z(nu / 2, 1 / 2) <= z^(nu/2) / sqrt((1 - z) pi nu / 2), since
 * (1 - t)^(-1/2) <= (1 - z)^(-1/2) under the integral and B(a, 1/2) >= sqrt(pi / a). For infinite nu, the bound of the normal
 * distribution.
 */
export function logStudentTail(x: number, nu: number): number {
  const x2 = x * x;
  if (x2 === Infinity) return -Infinity;
  if (nu === Infinity) return Math.min(0, -x2 / 2 - 0.5 * ln((x2 * Math.PI) / 2));
  const logZ = -ln1p(x2 / nu);
  return Math.min(0, (nu / 2) * logZ - 0.5 * ln(((x2 / (nu + x2)) * Math.PI * nu) / 2));
}

/** ln of an upper bound on P(chi^2_nu <= nu r), by Chernoff: -(nu / 2) (r - 1 - ln r) for r < 1. */
export function logChiSquareBelow(r: number, nu: number): number {
  if (!(r < 1)) return 0;
  if (r <= 0) return -Infinity;
  return -(nu / 2) * (r - 1 - ln(r));
}

/** ln of an upper bound on P(chi^2_nu >= nu r), by Chernoff: -(nu / 2) (r - 1 - ln r) for r > 1. */
export function logChiSquareAbove(r: number, nu: number): number {
  return r > 1 ? -(nu / 2) * (r - 1 - ln(r)) : 0;
}

/** ln of an upper bound on the number of partitions of n elements into k groups: k^n / k!, tight for k << n. */
export function logPartitions(n: number, k: number): number {
  if (k <= 1 || k >= n) return 0;
  let log = n * ln(k);
  for (let j = 2; j <= k; j++) log -= ln(j);
  // Another upper bound is (n choose k) k^(n - k) / 2 (Rennie & Dobson 1969).
  let other = (n - k) * ln(k) - Math.LN2;
  for (let j = 1; j <= k; j++) other += ln((n - k + j) / j);
  return Math.max(0, Math.min(log, other));
}
