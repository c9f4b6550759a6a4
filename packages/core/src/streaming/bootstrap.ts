import { gamma, integerBelow, normal, uniform } from '../random/distributions.ts';
import { generator, split, type Generator } from '../random/generator.ts';

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
/** Of more, so many of the smallest and of the largest are resampled one by one, and the others in so many groups. */
const ALONE = 512;
const GROUPS = 1024;

/**
 * Percentile bootstrap intervals (Efron 1979) of mean, total and median over features: N values are drawn with replacement
 * so many times, and the interval goes from quantile (1 - level) / 2 to (1 + level) / 2 of the figures so found.
 *
 * Means of more than 4096 values come from weights instead (the Poisson bootstrap, Hanley and MacGibbon 2006): each value is
 * drawn Poisson(1) times and the mean is sum of weight x value over sum of weights. Sorted values but the 512 at either end
 * are drawn in 1024 groups of about the same number m: how often a group is drawn is Poisson(m), taken as normal for m > 64,
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
  const means = Float64Array.from({ length: resamples }, (_, k) =>
    drawMean(split(split(root, 0), k)),
  );
  const medians = Float64Array.from({ length: resamples }, (_, k) =>
    drawMedian(sorted, split(split(root, 1), k)),
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

function directMean(values: Float64Array): (g: Generator) => number {
  const count = values.length;
  return (g) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[integerBelow(g, count)];
    return sum / count;
  };
}

function groupedMean(sorted: Float64Array): (g: Generator) => number {
  const count = sorted.length;
  const inner = count - 2 * ALONE;
  const cuts = [
    ...Array.from({ length: ALONE }, (_, k) => k),
    ...Array.from({ length: GROUPS }, (_, k) => ALONE + Math.floor((inner * k) / GROUPS)),
    ...Array.from({ length: ALONE + 1 }, (_, k) => count - ALONE + k),
  ];
  const groups: { readonly size: number; readonly mean: number }[] = [];
  let inside = 0;
  for (let k = 0; k + 1 < cuts.length; k++) {
    const size = cuts[k + 1] - cuts[k];
    if (size === 0) continue;
    const part = sorted.subarray(cuts[k], cuts[k + 1]);
    let sum = 0;
    for (const value of part) sum += value;
    const mean = sum / size;
    for (const value of part) inside += (value - mean) ** 2;
    groups.push({ size, mean });
  }
  const deviation = Math.sqrt(inside);
  return (g) => {
    let sum = deviation * normal(g);
    let weight = 0;
    for (const { size, mean } of groups) {
      const drawn = poisson(g, size);
      weight += drawn;
      sum += drawn * mean;
    }
    return sum / weight;
  };
}

const INVERSE_E = 0.36787944117144233;

/** Poisson of an integer mean of at least 1; normal, and not an integer, above 64. */
function poisson(g: Generator, mean: number): number {
  if (mean > 64) return Math.max(0, mean + Math.sqrt(mean) * normal(g));
  let p = 1;
  for (let k = 0; k < mean; k++) p *= INVERSE_E;
  let count = 0;
  for (let left = uniform(g); left > p && count < 1000; count++) {
    left -= p;
    p *= mean / (count + 1);
  }
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
