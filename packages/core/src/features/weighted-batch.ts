import type { SparseBatch } from './sparse.ts';

/**
 * Inputs with weights, which stand for a whole distribution: the expectation of f is
 * `emptyWeight` f(0) + sum_r `weights`[r] f(row r). The weights and `emptyWeight` sum to 1.
 */
export interface WeightedBatch extends SparseBatch {
  /** One a row, not negative. */
  readonly weights: Float64Array;
  /** The weight of the input without any active feature. */
  readonly emptyWeight: number;
}

/** True for a batch whose rows have weights of their own; the rows of others weigh 1 / rows each. */
export function isWeighted(batch: SparseBatch | WeightedBatch): batch is WeightedBatch {
  return 'weights' in batch;
}
