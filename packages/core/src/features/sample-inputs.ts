import { positiveInteger } from '@polysem/numerics/checks';
import type { Generator } from '@polysem/numerics/random';
import type { FeatureInputs } from './correlation.ts';
import { drawRows } from './given-rows.ts';
import { resolveInputs, type Inputs } from './inputs.ts';
import { drawCorrelated } from './sample-correlated.ts';
import type { SparseBatch } from './sparse-batch.ts';
import { drawIndependent } from './sparse.ts';

/**
 * Samples a batch of N features in sparse form, independent or correlated.
 *
 * @param g the generator, which advances.
 * @param inputs the distribution of the features.
 * @param features N.
 * @param rows the number of rows.
 * @returns the batch.
 * @throws RangeError if rows or N is not a positive integer, or the inputs are invalid.
 *
 * @example
 * ```js
 * import { sampleInputs } from 'polysem/features';
 * import { generator } from 'polysem/random';
 * const inputs = { shape: 'rademacher', density: 1, unitVariance: false };
 * sampleInputs(generator(0), inputs, 3, 2).indices; // [0, 1, 2, 0, 1, 2]
 * ```
 */
export function sampleInputs(
  g: Generator,
  inputs: FeatureInputs,
  features: number,
  rows: number,
): SparseBatch {
  positiveInteger('rows', rows);
  return drawInputs(g, resolveInputs(inputs, features), rows);
}

/**
 * Draws a batch of checked inputs in sparse form.
 *
 * @param g the generator, which advances.
 * @param inputs a distribution, or the rows of a data matrix.
 * @param rows the number of rows.
 * @returns the batch.
 *
 * @example
 * ```js
 * import { drawInputs, resolveInputs } from 'polysem/features';
 * import { generator } from 'polysem/random';
 * const inputs = resolveInputs({ shape: 'rademacher', density: 1, unitVariance: false }, 3);
 * drawInputs(generator(0), inputs, 2).rowStarts; // [0, 3, 6]
 * ```
 */
export function drawInputs(g: Generator, inputs: Inputs, rows: number): SparseBatch {
  switch (inputs.kind) {
    case 'independent':
      return drawIndependent(g, inputs.marginals, rows);
    case 'correlated':
      return drawCorrelated(g, inputs.marginals, inputs.dependence, rows);
    case 'rows':
      return drawRows(g, inputs, rows);
  }
}
