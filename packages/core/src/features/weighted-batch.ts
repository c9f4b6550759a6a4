import type { SparseBatch } from './sparse-batch.ts';

/**
 * Weighted rows that represent a distribution of inputs: the expectation of f is
 * `emptyWeight` f(0) + sum_r `weights`[r] f(row r). The weights and `emptyWeight` sum to 1.
 */
export interface WeightedBatch extends SparseBatch {
  /** One per row, not negative. */
  readonly weights: Float64Array;
  /** The weight of the input with no active feature. */
  readonly emptyWeight: number;
}

/**
 * True if the rows of a batch have their own weights. In other batches each row has weight 1 / rows.
 *
 * @param batch any batch.
 * @returns true for a weighted batch.
 *
 * @example
 * ```js
 * import { batchOf, isWeighted } from 'polysem/features';
 * isWeighted(batchOf(Float64Array.of(1, 0), 1, 2)); // false
 * ```
 */
export function isWeighted(batch: SparseBatch | WeightedBatch): batch is WeightedBatch {
  return 'weights' in batch;
}
