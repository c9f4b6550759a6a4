import type { CapacityMeasurement } from './measure.ts';

/** Five figures that stand for a list of per-feature ones. */
export interface Summary {
  readonly total: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Total, mean, median, minimum and maximum of a non-empty list. @throws RangeError on an empty one. */
export function summarise(values: Float64Array): Summary {
  const count = values.length;
  if (count === 0) throw new RangeError('summarise: nothing to summarise');
  const sorted = values.toSorted();
  let total = 0;
  for (const value of sorted) total += value;
  const middle = count >> 1;
  const median = count % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { total, mean: total / count, median, min: sorted[0], max: sorted[count - 1] };
}

/**
 * Efficiency sum C / rank W, in (0, 1]: 1 exactly when the features are as far from interfering as the
 * dimensions they span allow (theory: efficient matrices); 0 for a zero matrix.
 */
export function efficiency(measurement: CapacityMeasurement): number {
  if (measurement.rank === 0) return 0;
  let total = 0;
  for (const c of measurement.capacity) total += c;
  return Math.min(1, total / measurement.rank);
}
