import { medianOfSorted } from '@polysem/numerics/elementary';
import { SAME_CAPACITY } from './ranks.ts';

/** A feature whose capacity is far from the prediction. */
export interface Outlier {
  readonly feature: number;
  readonly measured: number;
  readonly predicted: number;
  /** measured - predicted. */
  readonly residual: number;
  /** |residual| in units of the robust standard deviation of all residuals. */
  readonly score: number;
}

/** The features that depart most from the prediction, and the scale that they are compared with. */
export interface Outliers {
  /**
   * Robust standard deviation of the residuals: 1.4826 times the median absolute deviation, which is the standard
   * deviation for normal residuals. 0 if more than half of the residuals are equal; scores are then Infinity.
   */
  readonly spread: number;
  /** Number of scores above 5. One in about two million normal residuals exceeds 5. */
  readonly beyondFive: number;
  /** Largest residual first; residuals at the level of rounding are left out. */
  readonly list: readonly Outlier[];
}

/** The features farthest from the prediction, at most `most` of them. */
export function outliersOf(
  predicted: Float64Array,
  measured: Float64Array,
  most: number,
): Outliers {
  const residual = measured.map((m, i) => m - predicted[i]);
  const centre = median(residual);
  const spread = 1.4826 * median(residual.map((r) => Math.abs(r - centre)));
  const distance = residual.map(Math.abs);
  // Smallest listed distance; of features at exactly that distance, the first by index are listed.
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

/** The median of a non-empty list. */
export function median(values: Float64Array): number {
  return medianOfSorted(values.toSorted());
}
