import { meanOf, pearson } from './correlation.ts';
import { capacityRanks } from './ranks.ts';

/** Agreement of predicted with measured values. NaN where a figure is undefined. */
export interface Goodness {
  /** Pearson's correlation; NaN if either list is constant. */
  readonly pearson: number;
  /** Spearman's rank correlation, with equal values sharing their mean rank; NaN if either list is constant. */
  readonly spearman: number;
  /** 1 - sum (measured - predicted)^2 / sum (measured - mean)^2; negative if worse than the mean, NaN if measured is constant. */
  readonly rSquared: number;
  /** Mean of |measured - predicted|. */
  readonly meanAbsoluteError: number;
}

/** Goodness of fit of one prediction. O(N). */
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
  // Variation at the level of rounding counts as constant.
  return all > count * 2 ** -100 * mean * mean ? 1 - left / all : NaN;
}
