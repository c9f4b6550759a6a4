import { ln1p, medianOfSorted } from '@polysem/numerics/elementary';
import { inInterval, positiveInteger } from '@polysem/numerics/checks';
import { gamma, uniform } from '@polysem/numerics/random';
import { fastStream, fastWord, fillFastNormal, type FastStream } from '@polysem/numerics/random';
import { generator, childGenerator, type Generator } from '@polysem/numerics/random';

/** Options of {@link bootstrapSummary}. */
export interface BootstrapOptions {
  /** Number of resamples; default 1000. */
  readonly resamples?: number | undefined;
  readonly seed: number;
  /** Nominal coverage, in (0, 1); default 0.95. */
  readonly level?: number | undefined;
}

/** A figure with its percentile interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Mean, total and median of a list, with their intervals. The interval of an efficiency is that of the total over the rank. */
export interface BootstrapSummary {
  readonly mean: Interval;
  readonly total: Interval;
  readonly median: Interval;
}

/** Up to this many values, each resample draws all of them. */
const DIRECT = 4096;
/** For longer lists: extremes at each end that are resampled individually, and the number and smallest size of groups for the rest. */
const ALONE = 512;
const GROUPS = 1024;
const LEAST = 64;

/**
 * Percentile bootstrap intervals (Efron 1979) of mean, total and median over features: each resample draws N values with
 * replacement, and the interval runs from quantile (1 - level) / 2 to quantile (1 + level) / 2 of the resampled figures.
 *
 * With more than 4096 values, means come from weights (the Poisson bootstrap, Hanley and MacGibbon 2006): each value is drawn
 * Poisson(1) times, and the mean is the weighted mean. The 512 smallest and the 512 largest values are drawn individually,
 * the rest in at most 1024 groups of m >= 64 sorted values: the weight of a group is Poisson(m), approximated as normal, and
 * a normal term adds the variance within groups. Medians are order statistics: the k-th of N numbers drawn from N values is
 * value floor(N U) with U ~ Beta(k, N - k + 1), exactly.
 *
 * Resampling is over features, with S held fixed, although other features would change S and so every capacity. The interval
 * therefore describes how well N features represent more features of the same kind in the same space, not how the capacities
 * of another matrix would vary.
 *
 * @param values one value per feature, not empty.
 * @param options number of resamples, seed and coverage.
 * @returns mean, total and median, each with its interval.
 * @throws RangeError if the list is empty or an option is out of range.
 * @example
 * ```js
 * import { bootstrapSummary } from 'polysem/streaming';
 * const { mean } = bootstrapSummary(Float64Array.of(1, 2, 3, 4), { seed: 1 });
 * mean.estimate; // 2.5
 * ```
 */
export function bootstrapSummary(
  values: Float64Array,
  options: BootstrapOptions,
): BootstrapSummary {
  const { resamples = 1000, seed, level = 0.95 } = options;
  const count = values.length;
  if (count === 0) throw new RangeError('values: at least one value is needed, got none');
  positiveInteger('resamples', resamples);
  inInterval('level', level, 0, 1, '()');
  const sorted = values.toSorted();
  const root = generator(seed);
  const drawMean = count <= DIRECT ? directMean(sorted) : groupedMean(sorted);
  const ofMean = childGenerator(root, 0);
  const means = Float64Array.from({ length: resamples }, (_, k) => drawMean(fastStream(ofMean, k)));
  const ofMedian = childGenerator(root, 1);
  const medians = Float64Array.from({ length: resamples }, (_, k) =>
    drawMedian(sorted, childGenerator(ofMedian, k)),
  );
  let total = 0;
  for (const value of sorted) total += value;
  const mean = intervalOf(total / count, means, level);
  return {
    mean,
    total: { estimate: total, low: mean.low * count, high: mean.high * count },
    median: intervalOf(medianOfSorted(sorted), medians, level),
  };
}

function intervalOf(estimate: number, draws: Float64Array, level: number): Interval {
  const sorted = draws.toSorted();
  const at = (p: number): number => {
    const place = p * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return { estimate, low: at((1 - level) / 2), high: at((1 + level) / 2) };
}

function directMean(values: Float64Array): (stream: FastStream) => number {
  const count = values.length;
  return (stream) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum += values[Math.floor((fastWord(stream) >>> 0) * WORD * count)];
    }
    return sum / count;
  };
}

function groupedMean(sorted: Float64Array): (stream: FastStream) => number {
  const count = sorted.length;
  const inner = count - 2 * ALONE;
  const groups = Math.min(GROUPS, Math.floor(inner / LEAST));
  const alone = Float64Array.of(...sorted.subarray(0, ALONE), ...sorted.subarray(count - ALONE));
  const sizes = new Float64Array(groups);
  const means = new Float64Array(groups);
  let inside = 0;
  for (let k = 0; k < groups; k++) {
    const part = sorted.subarray(
      ALONE + Math.floor((inner * k) / groups),
      ALONE + Math.floor((inner * (k + 1)) / groups),
    );
    sizes[k] = part.length;
    for (const value of part) means[k] += value / part.length;
    for (const value of part) inside += (value - means[k]) ** 2;
  }
  const deviation = Math.sqrt(inside);
  const roots = sizes.map(Math.sqrt);
  const normals = new Float64Array(groups + 1);
  return (stream) => {
    fillFastNormal(stream, normals, 0, groups + 1);
    let sum = deviation * normals[groups];
    let weight = 0;
    for (const value of alone) {
      const drawn = poissonOne(stream);
      weight += drawn;
      sum += drawn * value;
    }
    for (let k = 0; k < groups; k++) {
      const drawn = sizes[k] + roots[k] * normals[k];
      weight += drawn;
      sum += drawn * means[k];
    }
    return sum / weight;
  };
}

const WORD = 2 ** -32;
const INVERSE_E = 0.36787944117144233;

/** A Poisson number of mean 1. */
function poissonOne(stream: FastStream): number {
  const u = (fastWord(stream) >>> 0) * WORD;
  let count = 0;
  // P(more than 12) is below the resolution of a word.
  for (let p = INVERSE_E, below = p; u >= below && count < 13; below += p) p /= ++count;
  return count;
}

/** The median of N values drawn from N values, from the order statistics of N uniform numbers. */
function drawMedian(sorted: Float64Array, g: Generator): number {
  const count = sorted.length;
  const k = (count + 1) >> 1;
  const below = gamma(g, k);
  const above = gamma(g, count - k + 1);
  const u = below / (below + above);
  const lower = sorted[Math.min(count - 1, Math.floor(count * u))];
  if (count % 2 === 1) return lower;
  // The next order statistic is the smallest of count - k uniform numbers between u and 1.
  const next = u - (1 - u) * Math.expm1(ln1p(-uniform(g)) / (count - k));
  return (lower + sorted[Math.min(count - 1, Math.floor(count * next))]) / 2;
}
