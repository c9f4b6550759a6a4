import { medianOfSorted } from '@polysem/numerics/elementary';
import type { CapacityMeasurement } from './measure.ts';

/** Summary statistics of a list of numbers, such as one number per feature. */
export interface Summary {
  readonly total: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Total, mean, median, minimum and maximum of a list.
 *
 * @param values at least one number.
 * @returns the five statistics.
 * @throws RangeError if the list is empty.
 * @example
 * ```js
 * import { summarise } from 'polysem/capacity';
 * summarise(Float64Array.of(1, 0.5, 0.5, 0)); // { total: 2, mean: 0.5, median: 0.5, min: 0, max: 1 }
 * ```
 */
export function summarise(values: Float64Array): Summary {
  const count = values.length;
  if (count === 0) throw new RangeError('summarise: values must not be empty');
  const sorted = values.toSorted();
  let total = 0;
  for (const value of sorted) total += value;
  const median = medianOfSorted(sorted);
  return { total, mean: total / count, median, min: sorted[0], max: sorted[count - 1] };
}

/**
 * Efficiency, sum C / rank W. It is 1 if and only if W is efficient: its features interfere as little as the dimensions
 * that they span allow (arXiv:2210.01892, section 4).
 *
 * @param measurement capacities and rank of W, from `measureCapacity`.
 * @returns a number in (0, 1]; 0 for a zero matrix.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { efficiency, measureCapacity } from 'polysem/capacity';
 * efficiency(measureCapacity(embeddingFromVectors([[1], [-1]]))); // 1.000
 * ```
 */
export function efficiency(measurement: CapacityMeasurement): number {
  if (measurement.rank === 0) return 0;
  let total = 0;
  for (const c of measurement.capacity) total += c;
  return Math.min(1, total / measurement.rank);
}
