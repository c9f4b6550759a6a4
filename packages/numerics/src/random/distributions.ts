import { ln, ln1p } from '../elementary/logarithm.ts';
import { uint32, type Generator } from './generator.ts';

const TWO_32 = 0x100000000;
const HIGH_UNIT = 2 ** -27;
const LOW_UNIT = 2 ** -53;

/** Uniform on [0, 1): a multiple of 2^-53, all 2^53 of them equally likely. Spends two words. */
export function uniform(g: Generator): number {
  const high = uint32(g) >>> 5;
  const low = uint32(g) >>> 6;
  return high * HIGH_UNIT + low * LOW_UNIT;
}

/** Uniform on [low, high); rounding may give `high` itself where the interval is few ulps wide. */
export function uniformBetween(g: Generator, low: number, high: number): number {
  return low + (high - low) * uniform(g);
}

/** True with the given probability: to within 2^-53, and exactly for 0 and 1. */
export function bernoulli(g: Generator, probability: number): boolean {
  return uniform(g) < probability;
}

/**
 * Standard normal, by Marsaglia's polar method: it makes numbers in pairs, and the second of a pair
 * waits in the generator for the next call.
 *
 * Source: Marsaglia and Bray, "A convenient method for generating normal variables" (1964).
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

/** Exponential of mean 1, by inversion of one uniform. */
export function exponential(g: Generator): number {
  return -ln(1 - uniform(g));
}

/** Laplace of mean 0 and scale 1 (variance 2), by inversion of one uniform. */
export function laplace(g: Generator): number {
  const u = uniform(g);
  return u < 0.5 ? ln(1 - 2 * u) : -ln(2 - 2 * u);
}

/**
 * Gamma of the given shape and scale 1 (mean and variance equal the shape).
 *
 * Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); a shape
 * below 1 is drawn at shape + 1 and shrunk by U^(1/shape), section 6 there.
 *
 * @throws RangeError unless the shape is positive and finite.
 */
export function gamma(g: Generator, shape: number): number {
  if (!(shape > 0 && shape < Infinity)) {
    throw new RangeError(`gamma: shape must be positive and finite, got ${shape}`);
  }
  if (shape < 1) return gamma(g, shape + 1) * (1 - uniform(g)) ** (1 / shape);
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
 * Student's t: a normal over the root of an independent chi-square divided by its degrees of freedom.
 *
 * @param degreesOfFreedom positive; the variance is nu / (nu - 2) above 2 and infinite below.
 * @throws RangeError unless the degrees of freedom are positive and finite.
 */
export function studentT(g: Generator, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0 && degreesOfFreedom < Infinity)) {
    throw new RangeError(
      `studentT: degreesOfFreedom must be positive and finite, got ${degreesOfFreedom}`,
    );
  }
  return normal(g) * Math.sqrt(degreesOfFreedom / (2 * gamma(g, degreesOfFreedom / 2)));
}

/**
 * The failures before the first success of a coin of the given probability: 0, 1, 2, ... By inversion
 * of one uniform, floor(log(1 - U) / log(1 - p)). This is the gap between active entries of a sparse row.
 *
 * @param probability in (0, 1]; 1 gives 0 without drawing.
 * @throws RangeError for any other probability.
 */
export function geometric(g: Generator, probability: number): number {
  if (!(probability > 0 && probability <= 1)) {
    throw new RangeError(`geometric: probability must lie in (0, 1], got ${probability}`);
  }
  if (probability === 1) return 0;
  return Math.floor(ln(1 - uniform(g)) / ln1p(-probability));
}

/**
 * Uniform on 0 .. n - 1, without bias: the words are cut into n equal parts, and a word of the
 * remainder (fewer than n of 2^32) is drawn again.
 *
 * @throws RangeError unless n is an integer in 1 .. 2^32.
 */
export function integerBelow(g: Generator, n: number): number {
  if (!Number.isInteger(n) || n < 1 || n > TWO_32) {
    throw new RangeError(`integerBelow: n must be an integer in 1 .. 2^32, got ${n}`);
  }
  const part = Math.floor(TWO_32 / n);
  for (;;) {
    const drawn = Math.floor(uint32(g) / part);
    if (drawn < n) return drawn;
  }
}
