import { SAME_CAPACITY } from './order.ts';

/** A feature whose capacity is far from what is predicted. */
export interface Outlier {
  readonly feature: number;
  readonly measured: number;
  readonly predicted: number;
  /** measured - predicted. */
  readonly residual: number;
  /** |residual| in units of the robust spread. */
  readonly score: number;
}

export interface Outliers {
  /**
   * The robust spread of the residuals: 1.4826 times their median distance from their median, which is the standard deviation
   * of normal ones. 0 where more than half are equal; scores then are Infinity.
   */
  readonly spread: number;
  /** How many scores are above 5, which among a million normal residuals one half is. */
  readonly beyondFive: number;
  /** The largest first; residuals of rounding are none. */
  readonly list: readonly Outlier[];
}

/** The features farthest from the prediction. */
export function outliersOf(
  predicted: Float64Array,
  measured: Float64Array,
  most: number,
): Outliers {
  const residual = measured.map((m, i) => m - predicted[i]);
  const centre = median(residual);
  const spread = 1.4826 * median(residual.map((r) => Math.abs(r - centre)));
  const distance = residual.map(Math.abs);
  // The least distance that is listed; of equal ones at the end the first by index are.
  const least = most === 0 ? Infinity : distance.toSorted()[Math.max(0, distance.length - most)];
  const above: number[] = [];
  const equal: number[] = [];
  let beyondFive = 0;
  for (let i = 0; i < distance.length; i++) {
    if (distance[i] <= SAME_CAPACITY) continue;
    if (distance[i] > 5 * spread) beyondFive++;
    if (distance[i] > least) above.push(i);
    else if (distance[i] === least && equal.length < most) equal.push(i);
  }
  const list = [...above, ...equal]
    .toSorted((i, j) => distance[j] - distance[i] || i - j)
    .slice(0, most)
    .map((feature) => ({
      feature,
      measured: measured[feature],
      predicted: predicted[feature],
      residual: residual[feature],
      score: distance[feature] / spread,
    }));
  return { spread, beyondFive, list };
}

/** The median of a list that is not empty. */
export function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
