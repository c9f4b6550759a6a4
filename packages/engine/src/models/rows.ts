import type { SparseBatch } from '@polysem/core/features';
import { isWeighted, type WeightedBatch } from '@polysem/core/features';

/** The rows of a batch with their weights. */
export interface Rows {
  /**
   * Calls `each` for every row, and for the empty input if it has a weight, with the weight of the
   * row and the range of its active entries.
   */
  readonly visit: (each: (share: number, from: number, end: number) => void) => void;
}

/**
 * The rows of a batch.
 *
 * @throws RangeError if the batch and the model differ in their number of features.
 */
export function checkedRows(
  { features }: { readonly features: number },
  batch: SparseBatch | WeightedBatch,
): Rows {
  if (batch.features !== features) {
    throw new RangeError(`batch: has ${batch.features} features, the model ${features}`);
  }
  const weights = isWeighted(batch) ? batch.weights : null;
  const empty = isWeighted(batch) ? batch.emptyWeight : 0;
  return {
    visit: (each) => {
      for (let row = 0; row < batch.rows; row++) {
        const share = weights === null ? 1 / batch.rows : weights[row];
        each(share, batch.rowStarts[row], batch.rowStarts[row + 1]);
      }
      if (empty > 0) each(empty, 0, 0);
    },
  };
}
