import { inInterval, positive } from '../checks/index.ts';
import { exp } from '../elementary/exponential.ts';
import { ln, ln1p } from '../elementary/logarithm.ts';
import { nextUint32, type Generator } from './generator.ts';

const TWO_32 = 0x100000000;
const HIGH_UNIT = 2 ** -27;
const LOW_UNIT = 2 ** -53;

/**
 * A uniform number on [0, 1): one of the 2^53 multiples of 2^-53, all equally likely. Uses two words.
 *
 * @param g generator.
 * @returns the number.
 * @example
 * ```js
 * import { generator, uniform } from 'polysem/random';
 * uniform(generator(1)) === uniform(generator(1)); // true
 * ```
 */
export function uniform(g: Generator): number {
  const high = nextUint32(g) >>> 5;
  const low = nextUint32(g) >>> 6;
  return high * HIGH_UNIT + low * LOW_UNIT;
}

/**
 * A uniform number on [low, high). Rounding may give `high` itself if the interval is only a few ulps wide.
 *
 * @param g generator.
 * @param low lower end.
 * @param high upper end.
 * @returns the number.
 * @example
 * ```js
 * import { generator, uniformBetween } from 'polysem/random';
 * uniformBetween(generator(1), 5, 5); // 5
 * ```
 */
export function uniformBetween(g: Generator, low: number, high: number): number {
  return low + (high - low) * uniform(g);
}

/**
 * True with the given probability, accurate to 2^-53 and exact for 0 and 1.
 *
 * @param g generator.
 * @param probability of true, in [0, 1].
 * @returns the outcome.
 * @example
 * ```js
 * import { bernoulli, generator } from 'polysem/random';
 * bernoulli(generator(1), 1); // true
 * ```
 */
export function bernoulli(g: Generator, probability: number): boolean {
  return uniform(g) < probability;
}

/**
 * A standard normal number, by Marsaglia's polar method. Numbers come in pairs; the generator keeps the second for the
 * next call.
 *
 * Source: Marsaglia and Bray, "A convenient method for generating normal variables" (1964).
 *
 * @param g generator.
 * @returns the number.
 * @example
 * ```js
 * import { generator, normal } from 'polysem/random';
 * const g = generator(1);
 * normal(g) === normal(generator(1)); // true
 * ```
 */
export function normal(g: Generator): number {
  const spare = g.spareNormal;
  if (!Number.isNaN(spare)) {
    g.spareNormal = NaN;
    return spare;
  }
  for (;;) {
    const x = 2 * uniform(g) - 1;
    const y = 2 * uniform(g) - 1;
    const square = x * x + y * y;
    if (square < 1 && square > 0) {
      const radius = Math.sqrt((-2 * ln(square)) / square);
      g.spareNormal = y * radius;
      return x * radius;
    }
  }
}

/** An exponential number of mean 1, by inversion of one uniform. */
export function exponential(g: Generator): number {
  return -ln(1 - uniform(g));
}

/**
 * A Laplace number of mean 0 and scale 1 (variance 2), by inversion of one uniform.
 *
 * @param g generator.
 * @returns the number.
 * @example
 * ```js
 * import { generator, laplace } from 'polysem/random';
 * Number.isFinite(laplace(generator(1))); // true
 * ```
 */
export function laplace(g: Generator): number {
  const u = uniform(g);
  return u < 0.5 ? ln(1 - 2 * u) : -ln(2 - 2 * u);
}

/**
 * A gamma number of scale 1; its mean and variance equal the shape parameter.
 *
 * Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000). A shape below 1 is drawn at
 * shape + 1 and multiplied by U^(1/shape) (section 6).
 *
 * @param g generator.
 * @param shape positive and finite.
 * @returns a positive number.
 * @throws RangeError if the shape is not positive and finite.
 * @example
 * ```js
 * import { gamma, generator } from 'polysem/random';
 * gamma(generator(1), 2) > 0; // true
 * ```
 */
export function gamma(g: Generator, shape: number): number {
  positive('shape', shape);
  if (shape < 1) return gamma(g, shape + 1) * exp(ln1p(-uniform(g)) / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(g);
    const cubeRoot = 1 + c * x;
    if (cubeRoot <= 0) continue;
    const v = cubeRoot * cubeRoot * cubeRoot;
    if (ln(1 - uniform(g)) < 0.5 * x * x + d * (1 - v + ln(v))) return d * v;
  }
}

/**
 * A number from Student's t distribution: a normal over the square root of a chi-square divided by its degrees of freedom.
 *
 * @param g generator.
 * @param degreesOfFreedom nu > 0; the variance is nu / (nu - 2) for nu > 2, otherwise infinite.
 * @returns the number.
 * @throws RangeError if the degrees of freedom are not positive and finite.
 * @example
 * ```js
 * import { generator, studentT } from 'polysem/random';
 * Number.isFinite(studentT(generator(1), 5)); // true
 * ```
 */
export function studentT(g: Generator, degreesOfFreedom: number): number {
  positive('degreesOfFreedom', degreesOfFreedom);
  return normal(g) * Math.sqrt(degreesOfFreedom / (2 * gamma(g, degreesOfFreedom / 2)));
}

/**
 * The number of failures before the first success, 0, 1, 2, ..., by inversion of one uniform:
 * floor(log(1 - U) / log(1 - p)). It is the gap between non-zero entries of a sparse row.
 *
 * @param g generator.
 * @param probability of success, in (0, 1]; 1 gives 0 and uses no random numbers.
 * @returns the number of failures.
 * @throws RangeError if the probability is out of range.
 * @example
 * ```js
 * import { generator, geometric } from 'polysem/random';
 * geometric(generator(1), 1); // 0
 * ```
 */
export function geometric(g: Generator, probability: number): number {
  inInterval('probability', probability, 0, 1, '(]');
  if (probability === 1) return 0;
  return Math.floor(ln(1 - uniform(g)) / ln1p(-probability));
}

/**
 * An unbiased uniform integer in 0 .. n - 1. Divides the 2^32 words into n equal parts and rejects the remainder (fewer
 * than n words).
 *
 * @param g generator.
 * @param n an integer in 1 .. 2^32.
 * @returns the integer.
 * @throws RangeError if n is out of range.
 * @example
 * ```js
 * import { generator, integerBelow } from 'polysem/random';
 * integerBelow(generator(1), 1); // 0
 * ```
 */
export function integerBelow(g: Generator, n: number): number {
  if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
    throw new RangeError(`integerBelow: n must be an integer in 1 .. 2^32, got ${n}`);
  }
  const part = Math.floor(TWO_32 / n);
  for (;;) {
    const drawn = Math.floor(nextUint32(g) / part);
    if (drawn < n) return drawn;
  }
}
