import { inInterval, positiveInteger } from '@polysem/numerics/checks';
import { betaDistribution, integrate, ln1p, power, realPower } from '@polysem/numerics/elementary';
import type { Signs } from '../streaming/chunk-pair.ts';

/*
 * Cosines of a fixed direction with independent uniform directions v_1 .. v_M in D dimensions. They are independent, cos^2
 * follows Beta(1/2, (D - 1)/2), and the sign is fair, so
 *
 *   P(cos > t) = I_{1 - t^2}((D - 1)/2, 1/2) / 2 for t >= 0,   P(max <= t) = P(cos <= t)^M.
 */

/** P(cos > t) for t >= 0, as a function of t. In one dimension every cosine is -1 or 1. */
function tailOf(dims: number): (t: number) => number {
  if (dims === 1) return (t) => (t >= 1 ? 0 : 0.5);
  const at = betaDistribution((dims - 1) / 2, 0.5);
  return (t) => (t >= 1 ? 0 : at((1 - t) * (1 + t), t * t).cdf / 2);
}

/** `probabilityAbove` as a function of the threshold. */
function aboveOf(dims: number, count: number, signs: Signs): (threshold: number) => number {
  positiveInteger('dims', dims);
  if (!(count > 0)) throw new RangeError(`count: must be positive, got ${count}`);
  const tail = tailOf(dims);
  return (threshold) => {
    inInterval('threshold', threshold, -1, 1);
    const beyond = tail(Math.abs(threshold));
    if (signs === 'free') return threshold < 0 ? 1 : -Math.expm1(count * ln1p(-2 * beyond));
    if (threshold >= 0) return -Math.expm1(count * ln1p(-beyond));
    return 1 - (Number.isInteger(count) ? power : realPower)(beyond, count);
  };
}

/**
 * Probability that at least one of several random directions has a cosine with a fixed direction above a threshold.
 *
 * @param dims D.
 * @param count M, the number of random directions; need not be whole.
 * @param threshold t, in [-1, 1].
 * @param signs `fixed` for the cosine, `free` for |cosine|.
 * @returns 1 - P(cos <= t)^M.
 * @throws RangeError if a size is not positive or the threshold lies outside [-1, 1].
 * @example
 * ```js
 * import { probabilityAbove } from 'polysem/compare';
 * probabilityAbove(3, 1, 0.5, 'fixed'); // 0.250000
 * probabilityAbove(3, 2, 0.5, 'free'); // 0.750000
 * ```
 */
export function probabilityAbove(
  dims: number,
  count: number,
  threshold: number,
  signs: Signs,
): number {
  return aboveOf(dims, count, signs)(threshold);
}

/** Absolute error of the integrals below, per interval. */
const NEGLIGIBLE = 1e-12;

/**
 * Expected largest cosine of a fixed direction with several random directions: the mean over features of the largest cosine
 * with the features of a random dictionary. By quadrature, to about 1e-9.
 *
 * @param dims D.
 * @param count M, the number of random directions; need not be whole.
 * @param signs `fixed` for the cosine, `free` for |cosine|.
 * @returns the expected maximum.
 * @throws RangeError if a size is not positive.
 * @example
 * ```js
 * import { largestRandomCosine } from 'polysem/compare';
 * largestRandomCosine(768, 16_383, 'free'); // 0.1485
 * largestRandomCosine(3, 1, 'fixed'); // 0.0000
 * ```
 */
export function largestRandomCosine(dims: number, count: number, signs: Signs): number {
  const above = aboveOf(dims, count, signs);
  // E max = integral of P(max > t) over t > 0 minus that of P(max <= t) over t < 0, which is 0 for |cosine|.
  return integrate(above, 0, 1, NEGLIGIBLE) - integrate((t) => 1 - above(-t), 0, 1, NEGLIGIBLE);
}

/**
 * Distribution of the largest cosine of a fixed direction with several random directions, for figures.
 *
 * @param dims D.
 * @param count M, the number of random directions.
 * @param signs `fixed` for the cosine, `free` for |cosine|.
 * @param edges edges of bins in [-1, 1], ascending.
 * @returns the probability of each bin.
 * @throws RangeError if a size is not a positive integer, or the edges are not ascending numbers in [-1, 1].
 * @example
 * ```js
 * import { randomCosineShares } from 'polysem/compare';
 * randomCosineShares(3, 1, 'fixed', [-1, 0, 0.5, 1]); // [0.5000, 0.2500, 0.2500]
 * ```
 */
export function randomCosineShares(
  dims: number,
  count: number,
  signs: Signs,
  edges: ArrayLike<number>,
): Float64Array {
  for (let b = 1; b < edges.length; b++)
    if (!(edges[b - 1] < edges[b]))
      throw new RangeError(`edges: must ascend, got ${edges[b - 1]} before ${edges[b]}`);
  const above = Array.from(edges, aboveOf(dims, count, signs));
  return Float64Array.from({ length: above.length - 1 }, (_, b) => above[b] - above[b + 1]);
}
