import type { SparseBatch } from '@polysem/core/features';
import type { WeightedBatch } from '@polysem/core/features';
import { computationLoss } from './computation-loss.ts';
import { featurewiseLoss } from './featurewise-loss.ts';
import type { Loss } from './loss.ts';
import type { ToyModel } from './toy-model.ts';

/**
 * The loss of any toy model on a batch of inputs, weighted or not.
 *
 * @param model the toy model.
 * @param batch the inputs.
 * @returns the loss, a function of the model's parameters.
 * @throws RangeError if the model is malformed or the batch has a different number of features.
 */
export function batchLoss(model: ToyModel, batch: SparseBatch | WeightedBatch): Loss {
  return model.task === 'computation'
    ? computationLoss(model, batch)
    : featurewiseLoss(model, batch);
}
