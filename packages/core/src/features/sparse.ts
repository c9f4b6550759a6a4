import { positiveInteger } from '@polysem/numerics/checks';
import type { Generator } from '@polysem/numerics/random';
import { samplingPlan, visitActive } from './active-entries.ts';
import { assembleBatch } from './assemble.ts';
import type { FeatureDistribution, FeatureDistributions } from './feature-distribution.ts';
import { resolveInputs } from './inputs.ts';
import type { SparseBatch } from './sparse-batch.ts';

/**
 * Samples a batch of N independent features in sparse form. Time and memory are proportional to the number of rows and
 * active entries, not to rows x N.
 *
 * @param g the generator, which advances.
 * @param distributions one for all features, or one per feature.
 * @param features N.
 * @param rows the number of rows.
 * @returns the batch.
 * @throws RangeError if rows or N is not a positive integer, the length of the list is not N, or a distribution is
 * invalid.
 *
 * @example
 * ```js
 * import { sampleSparse } from 'polysem/features';
 * import { generator } from 'polysem/random';
 * const inputs = { shape: 'uniform', density: 1, unitVariance: true };
 * sampleSparse(generator(0), inputs, 3, 2).rowStarts; // [0, 3, 6]
 * ```
 */
export function sampleSparse(
  g: Generator,
  distributions: FeatureDistributions,
  features: number,
  rows: number,
): SparseBatch {
  positiveInteger('rows', rows);
  return drawIndependent(g, resolveInputs(distributions, features).marginals, rows);
}

/** Samples a batch of independent features from checked distributions, one per feature. */
export function drawIndependent(
  g: Generator,
  marginals: readonly FeatureDistribution[],
  rows: number,
): SparseBatch {
  const drawn = { rows: [] as number[], features: [] as number[], values: [] as number[] };
  visitActive(g, samplingPlan(marginals), rows, (row, feature, value) => {
    drawn.rows.push(row);
    drawn.features.push(feature);
    drawn.values.push(value);
  });
  return assembleBatch(rows, marginals.length, drawn);
}
