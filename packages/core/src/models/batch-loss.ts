import type { SparseBatch } from '../features/sparse.ts';
import { compressionLoss } from './compression-loss.ts';
import { computationLoss } from './computation-loss.ts';
import type { Loss } from './loss.ts';
import type { ToyModel } from './toy-model.ts';

/** The loss of any toy model on a batch of inputs. @throws RangeError if the two do not fit. */
export function batchLoss(model: ToyModel, batch: SparseBatch): Loss {
  return model.task === 'computation'
    ? computationLoss(model, batch)
    : compressionLoss(model, batch);
}
