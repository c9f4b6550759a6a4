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
  inputs: FeatureInputs,
  features: number,
  rows: number,
  g: Generator,
): SparseBatch {
  return isCorrelated(inputs)
    ? sampleCorrelated(inputs, features, rows, g)
    : sampleSparse(inputs, features, rows, g);
}
