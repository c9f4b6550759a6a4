import { ascendingOrder } from './order.ts';
import { median } from './outliers.ts';
import { picked } from './pick.ts';

/** Features of like frequency or kurtosis, and their capacities. */
export interface TrendBin {
  /** The least and the largest x of the bin. */
  readonly from: number;
  readonly to: number;
  /** The median x. */
  readonly centre: number;
  /** How many features. */
  readonly count: number;
  /** The median of the measured capacities, and its interval; NaN of bins with too few features for one. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** The median of the predicted capacities. */
  readonly predicted: number;
}

/** A bin holds about so many features at least, where there are enough for more than one. */
const LEAST = 30;

/**
 * Capacity along x in bins of about equal numbers of features, at most `most`; features of one x share a bin. Only
 * features of finite x above 0 are counted, since x is seen on a log axis. The intervals of the medians are those of
 * order statistics, which hold for any distribution. O(N log N) at worst.
 */
export function trendOf(
  x: Float64Array,
  measured: Float64Array,
  predicted: Float64Array,
  confidence: number,
  most: number = 20,
): TrendBin[] {
  const order = ascendingOrder(x.map((value) => (value > 0 && value < Infinity ? value : -1)));
  let first = 0;
  while (first < order.length && !(x[order[first]] > 0 && x[order[first]] < Infinity)) first++;
  const count = order.length - first;
  const bins = Math.max(1, Math.min(most, Math.floor(count / LEAST)));
  const result: TrendBin[] = [];
  for (let bin = 0; bin < bins && first < order.length; bin++) {
    let end = Math.max(first + 1, order.length - count + Math.round(((bin + 1) * count) / bins));
    while (end < order.length && x[order[end]] === x[order[end - 1]]) end++;
    const members = order.subarray(first, end);
    const capacities = picked(measured, members);
    result.push({
      from: x[members[0]],
      to: x[members[members.length - 1]],
      centre: median(picked(x, members)),
      count: members.length,
      median: median(capacities),
      ...medianInterval(capacities, confidence),
      predicted: median(picked(predicted, members)),
    });
    first = end;
  }
  return result;
}

/**
 * The interval of the median of what the values were drawn from: the r-th least and the r-th largest value, with the
 * largest r for which at most (1 - confidence) / 2 is the chance that fewer than r of N fair coins show heads.
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
  // Chances relative to that of the middle number of heads, so that 2^-n does not vanish.
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
  // From the far end, until the tail is full.
  let below = 0;
  for (let j = down.length - 1; j >= 0; j--) {
    below += down[j];
    if (below > tail * whole) return middle - j;
  }
  return middle;
}
