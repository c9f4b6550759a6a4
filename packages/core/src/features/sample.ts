import type { Generator } from '@polysem/numerics/random';
import { samplingPlan, visitActive } from './active-entries.ts';
import type { FeatureDistributions } from './feature-distribution.ts';
import { resolveInputs } from './inputs.ts';

/**
 * Fills a dense batch with samples of N independent features. The cost beyond writing zeros is proportional to the
 * number of active entries.
 *
 * The numbers are those of `sampleSparse` from the same state of the generator. One distribution gives the same numbers
 * as a list of N equal ones.
 *
 * @param g the generator, which advances.
 * @param distributions one for all features, or one per feature.
 * @param features N.
 * @param out rows x N, row-major.
 * @throws RangeError if N is not a positive integer that divides `out.length`, the length of the list is not N, or a
 * distribution is invalid.
 *
 * @example
 * ```js
 * import { sampleFeatures } from 'polysem/features';
 * import { generator } from 'polysem/random';
 * const out = new Float64Array(6);
 * sampleFeatures(generator(0), { shape: 'uniform', density: 1, unitVariance: false }, 3, out);
 * ```
 */
export function sampleFeatures(
  g: Generator,
  distributions: FeatureDistributions,
  features: number,
  out: Float64Array,
): void {
  const plan = samplingPlan(resolveInputs(distributions, features).marginals);
  if (out.length % features !== 0) {
    throw new RangeError(
      `out: must have room for whole rows of ${features} features, got ${out.length} numbers`,
    );
  }
  out.fill(0);
  visitActive(g, plan, out.length / features, (row, feature, value) => {
    out[row * features + feature] = value;
  });
}
