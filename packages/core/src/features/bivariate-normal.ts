import { integrate, normalCdf } from '@polysem/numerics/elementary';

const NEGLIGIBLE = 1e-16;

/**
 * P(X < h, Y < k) for standard normal X and Y with correlation r, with an error of about 1e-15.
 *
 * Source: Drezner and Wesolowsky, "On the computation of the bivariate normal integral" (1990).
 */
export function bivariateNormalCdf(h: number, k: number, r: number): number {
  return belowBoth(h, k, Math.asin(r));
}

/**
 * `bivariateNormalCdf` at the angle arcsin r, which keeps its digits where r is near 1 or -1. By Plackett's identity the
 * derivative with respect to r is the joint density at (h, k); it is integrated from r = 0 in the angle.
 *
 * @param h limit of X.
 * @param k limit of Y.
 * @param angle in [-pi / 2, pi / 2].
 * @param allowed error that does not count.
 */
export function belowBoth(h: number, k: number, angle: number, allowed = 0): number {
  const apart = normalCdf(h) * normalCdf(k);
  if (angle === 0 || apart === 0 || h === Infinity || k === Infinity) return apart;
  if (h === 0 && k === 0) return apart + angle / (2 * Math.PI);
  const share = integrate(
    (at) => Math.exp(-exponent(h, k, Math.sin(at), Math.cos(at) ** 2)),
    0,
    angle,
    Math.max(NEGLIGIBLE * apart, allowed),
  );
  return Math.max(0, apart + share / (2 * Math.PI));
}

/** (h^2 + k^2 - 2 h k r) / (2 (1 - r^2)) without cancellation at r near 1 or -1; `noise` is 1 - r^2. */
export function exponent(h: number, k: number, r: number, noise: number): number {
  return r > 0
    ? (h - k) ** 2 / (2 * noise) + (h * k) / (1 + r)
    : (h + k) ** 2 / (2 * noise) - (h * k) / (1 - r);
}
