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
 *
 * @example
 * ```js
 * import { batchOf } from 'polysem/features';
 * import { batchLoss } from 'polysem/models';
 * const model = { task: 'compression', activation: 'relu', features: 2, dims: 1, importance: [1, 1], bias: false };
 * const loss = batchLoss(model, batchOf(Float64Array.of(1, 0), 1, 2));
 * loss.evaluate(Float64Array.of(1, 0), new Float64Array(loss.size)); // 0
 * loss.evaluate(Float64Array.of(0, 0), new Float64Array(loss.size)); // 1
 * ```
 */
export function batchLoss(model: ToyModel, batch: SparseBatch | WeightedBatch): Loss {
  return model.task === 'computation'
    ? computationLoss(model, batch)
    : featurewiseLoss(model, batch);
}
