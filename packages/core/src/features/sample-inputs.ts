import type { Generator } from '@polysem/numerics/random';
import { isCorrelated, type FeatureInputs } from './correlation.ts';
import { sampleCorrelated } from './sample-correlated.ts';
import { sampleSparse, type SparseBatch } from './sparse.ts';

/**
 * Draws a batch of N features in sparse form, however they are distributed.
 *
 * @throws RangeError if rows or N is not a positive integer, or the inputs are invalid.
 */
export function sampleInputs(
  g: Generator,
  inputs: FeatureInputs,
  features: number,
  rows: number,
): SparseBatch {
  return isCorrelated(inputs)
    ? sampleCorrelated(g, inputs, features, rows)
    : sampleSparse(g, inputs, features, rows);
}
