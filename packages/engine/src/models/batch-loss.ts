import type { SparseBatch } from '@polysem/core/features';
import type { WeightedBatch } from '@polysem/core/features';
import { computationLoss } from './computation-loss.ts';
import { featurewiseLoss } from './featurewise-loss.ts';
import type { Loss } from './loss.ts';
import type { ToyModel } from './toy-model.ts';

/**
 * The loss of any toy model on a batch of inputs, equal in weight or not.
 *
 * @throws RangeError if the two do not fit.
 */
export function batchLoss(model: ToyModel, batch: SparseBatch | WeightedBatch): Loss {
  return model.task === 'computation'
    ? computationLoss(model, batch)
    : featurewiseLoss(model, batch);
}
