import { gamma, uniform } from '@polysem/numerics/random';
import { fastStream, fastWord, fillFastNormal, type FastStream } from '@polysem/numerics/random';
import { generator, split, type Generator } from '@polysem/numerics/random';

/** Options of {@link bootstrapSummary}. */
export interface BootstrapOptions {
  /** 1000 where absent. */
  readonly resamples?: number | undefined;
  readonly seed: number;
  /** Coverage that is aimed at, in (0, 1); 0.95 where absent. */
  readonly level?: number | undefined;
}

/** A figure with its percentile interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Figures of a list with their intervals. An efficiency's is that of the total over the rank. */
export interface BootstrapSummary {
  readonly mean: Interval;
  readonly total: Interval;
  readonly median: Interval;
}

/** Up to so many values each resample draws all of them. */
const DIRECT = 4096;
/** Of more, so many of the smallest and of the largest are resampled one by one, and the others in so many groups, of
 * `LEAST` or more. */
const ALONE = 512;
const GROUPS = 1024;
const LEAST = 64;

/**
 * Percentile bootstrap intervals (Efron 1979) of mean, total and median over features: N values are drawn with replacement
 * so many times, and the interval goes from quantile (1 - level) / 2 to (1 + level) / 2 of the figures so found.
 *
 * Means of more than 4096 values come from weights instead (the Poisson bootstrap, Hanley and MacGibbon 2006): each value is
 * drawn Poisson(1) times and the mean is sum of weight x value over sum of weights. Sorted values but the 512 at either end
 * are drawn in at most 1024 groups of about the same number m >= 64: how often a group is drawn is Poisson(m), taken as normal,
 * and what varies inside of groups is added as a normal of its variance. Medians are order statistics: the k-th of N numbers
 * drawn from N values is value floor(N U), U ~ Beta(k, N - k + 1), exactly.
 *
 * The features are the sample; what they share is held fixed: S, and so how each one's capacity would change were others
 * drawn with it. So an interval tells how well N features stand for more of their kind in the same space, not how the
 * capacities of another matrix would come out.
 *
 * @throws RangeError on an empty list, or options out of their range.
 */
export function bootstrapSummary(
  values: Float64Array,
  options: BootstrapOptions,
): BootstrapSummary {
  const { resamples = 1000, seed, level = 0.95 } = options;
  const count = values.length;
  if (count === 0) throw new RangeError('bootstrapSummary: nothing to summarise');
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`resamples: must be a positive integer, got ${resamples}`);
  }
  if (!(level > 0 && level < 1)) throw new RangeError(`level: must be in (0, 1), got ${level}`);
  const sorted = values.toSorted();
  const root = generator(seed);
  const drawMean = count <= DIRECT ? directMean(sorted) : groupedMean(sorted);
  const ofMean = split(root, 0);
  const means = Float64Array.from({ length: resamples }, (_, k) => drawMean(fastStream(ofMean, k)));
  const ofMedian = split(root, 1);
  const medians = Float64Array.from({ length: resamples }, (_, k) =>
    drawMedian(sorted, split(ofMedian, k)),
  );
  let total = 0;
  for (const value of sorted) total += value;
  const mean = intervalOf(total / count, means, level);
  return {
    mean,
    total: { estimate: total, low: mean.low * count, high: mean.high * count },
    median: intervalOf(medianOf(sorted), medians, level),
  };
}

function medianOf(sorted: Float64Array): number {
  const count = sorted.length;
  return (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
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

/** Poisson of mean 1. */
function poissonOne(stream: FastStream): number {
  const u = (fastWord(stream) >>> 0) * WORD;
  let count = 0;
  // P(more than 12) is below a word's resolution.
  for (let p = INVERSE_E, below = p; u >= below && count < 13; below += p) p /= ++count;
  return count;
}

/** The median of N values drawn from N, by the order statistics of N uniform numbers. */
function drawMedian(sorted: Float64Array, g: Generator): number {
  const count = sorted.length;
  const k = (count + 1) >> 1;
  const below = gamma(g, k);
  const above = gamma(g, count - k + 1);
  const u = below / (below + above);
  const lower = sorted[Math.min(count - 1, Math.floor(count * u))];
  if (count % 2 === 1) return lower;
  // The next one is the least of count - k numbers between u and 1.
  const next = u + (1 - u) * (1 - (1 - uniform(g)) ** (1 / (count - k)));
  return (lower + sorted[Math.min(count - 1, Math.floor(count * next))]) / 2;
}
