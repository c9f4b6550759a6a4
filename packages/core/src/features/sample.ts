import type { Generator } from '@polysem/numerics/random';
import { samplingPlan, visitActive } from './active-entries.ts';
import type { FeatureDistribution } from './distribution.ts';

/**
 * Fills a batch with independent draws of N features: row-major, batch x N, the batch being
 * `out.length / N`. Zeros are written by one fill; the rest costs what the active entries cost.
 *
 * The numbers are those of `sampleSparse` for as many rows from the same state of the generator,
 * and one distribution gives what a list of N equal ones gives.
 *
 * @param distributions one for all features, or a list of N.
 * @throws RangeError if N is not a positive integer that divides `out.length`, the list's length is
 * not N, or a distribution is invalid.
 */
export function sampleFeatures(
  distributions: FeatureDistribution | readonly FeatureDistribution[],
  features: number,
  g: Generator,
  out: Float64Array,
): void {
  const plan = samplingPlan(distributions, features);
  if (out.length % features !== 0) {
    throw new RangeError(
      `sampleFeatures: ${out.length} numbers are not a whole number of rows of ${features} features`,
    );
  }
  out.fill(0);
  visitActive(plan, out.length / features, g, (row, feature, value) => {
    out[row * features + feature] = value;
  });
}
