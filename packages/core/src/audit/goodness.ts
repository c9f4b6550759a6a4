import { meanOf, pearson } from './correlation.ts';
import { capacityRanks } from './order.ts';

/** How well predicted values agree with measured ones. NaN where a figure is not defined. */
export interface Goodness {
  /** Pearson's correlation; NaN if either side is constant. */
  readonly pearson: number;
  /** Spearman's rank correlation, equal values sharing their rank; NaN likewise. */
  readonly spearman: number;
  /** 1 - sum (measured - predicted)^2 / sum (measured - mean)^2: below 0 for what is worse than the mean. NaN if measured is constant. */
  readonly rSquared: number;
  /** mean |measured - predicted|. */
  readonly meanAbsoluteError: number;
}

/** The figures of one prediction. O(N). */
export function goodnessOf(
  predicted: Float64Array,
  measured: Float64Array,
  measuredRanks: Float64Array = capacityRanks(measured),
): Goodness {
  let absolute = 0;
  for (let i = 0; i < measured.length; i++) absolute += Math.abs(measured[i] - predicted[i]);
  return {
    pearson: pearson(predicted, measured),
    spearman: pearson(capacityRanks(predicted), measuredRanks),
    rSquared: rSquaredOf(predicted, measured),
    meanAbsoluteError: absolute / measured.length,
  };
}

/** 1 - sum (measured - predicted)^2 / sum (measured - mean)^2; NaN if measured is constant. */
export function rSquaredOf(predicted: Float64Array, measured: Float64Array): number {
  const count = measured.length;
  const mean = meanOf(measured);
  let left = 0;
  let all = 0;
  for (let i = 0; i < count; i++) {
    left += (measured[i] - predicted[i]) ** 2;
    all += (measured[i] - mean) ** 2;
  }
  // Numbers that rounding alone keeps apart do not vary.
  return all > count * 2 ** -100 * mean * mean ? 1 - left / all : NaN;
}
