import { ascendingOrder } from './ranks.ts';
import { median } from './outliers.ts';
import { valuesAt } from './select.ts';

/** Features of similar frequency or kurtosis, and their capacities. */
export interface TrendBin {
  /** The smallest and the largest x in the bin. */
  readonly from: number;
  readonly to: number;
  /** The median x. */
  readonly centre: number;
  /** Number of features. */
  readonly count: number;
  /** Median of the measured capacities and its interval; NaN at both ends if the bin has too few features. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Median of the predicted capacities. */
  readonly predicted: number;
}

/** Smallest number of features in a bin, if there are enough for more than one bin. */
const MIN_BIN_SIZE = 30;

/**
 * Capacity against x in at most `maxBins` bins with about equal numbers of features. Features with equal x share a bin.
 * Only finite x above 0 count, since x is plotted on a log axis. Intervals of medians come from order statistics and hold
 * for any distribution. O(N log N) at worst.
 */
export function trendOf(
  x: Float64Array,
  measured: Float64Array,
  predicted: Float64Array,
  confidence: number,
  maxBins: number = 20,
): TrendBin[] {
  const order = ascendingOrder(x.map((value) => (value > 0 && value < Infinity ? value : -1)));
  let first = 0;
  while (first < order.length && !(x[order[first]] > 0 && x[order[first]] < Infinity)) first++;
  const count = order.length - first;
  const bins = Math.max(1, Math.min(maxBins, Math.floor(count / MIN_BIN_SIZE)));
  const result: TrendBin[] = [];
  for (let bin = 0; bin < bins && first < order.length; bin++) {
    let end = Math.max(first + 1, order.length - count + Math.round(((bin + 1) * count) / bins));
    while (end < order.length && x[order[end]] === x[order[end - 1]]) end++;
    const members = order.subarray(first, end);
    const capacities = valuesAt(measured, members);
    result.push({
      from: x[members[0]],
      to: x[members[members.length - 1]],
      centre: median(valuesAt(x, members)),
      count: members.length,
      median: median(capacities),
      ...medianInterval(capacities, confidence),
      predicted: median(valuesAt(predicted, members)),
    });
    first = end;
  }
  return result;
}

/**
 * Distribution-free confidence interval of the median: the r-th smallest and the r-th largest value, with the largest r
 * for which N fair coins show fewer than r heads with probability at most (1 - confidence) / 2.
 */
export function medianInterval(
  values: Float64Array,
  confidence: number,
): { low: number; high: number } {
  const sorted = values.toSorted();
  const r = coinQuantile(sorted.length, (1 - confidence) / 2);
  return r === 0
    ? { low: NaN, high: NaN }
    : { low: sorted[r - 1], high: sorted[sorted.length - r] };
}

/** The largest r with P(fewer than r heads of n) <= tail. */
function coinQuantile(n: number, tail: number): number {
  // Probabilities relative to that of n / 2 heads, since 2^-n may underflow.
  const middle = n >> 1;
  const down: number[] = [1];
  for (let k = middle; k > 0 && down[down.length - 1] > 0; k--) {
    down.push((down[down.length - 1] * k) / (n - k + 1));
  }
  let whole = 0;
  for (const term of down) whole += term;
  for (let k = middle, term = 1; k < n && term > 0; k++) {
    term *= (n - k) / (k + 1);
    whole += term;
  }
  // Sum from the far end until the tail is full.
  let j = down.length - 1;
  for (let below = down[j]; j > 0 && below <= tail * whole; below += down[j]) j--;
  return middle - j;
}
