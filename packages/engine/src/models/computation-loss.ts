import { activations } from '../activations/registry.ts';
import type { SparseBatch } from '@polysem/core/features';
import type { WeightedBatch } from '@polysem/core/features';
import type { Loss } from './loss.ts';
import { parameterLayout } from './parameters.ts';
import { checkedRows } from './rows.ts';
import type { ComputationModel } from './toy-model.ts';

/**
 * The loss of a computation model on a batch: the mean over rows, or the weighted sum over rows, of
 * (y - y~)^2 with y = sum_i v_i f(x_i) and y~ = sum_a u_a f(W_a . x) + b. Parameters: see
 * `parameterLayout`. This is the float64 reference, written as in the paper.
 *
 * @throws RangeError if the model is malformed or the batch has a different number of features.
 */
export function computationLoss(model: ComputationModel, batch: SparseBatch | WeightedBatch): Loss {
  const { dims, importance } = model;
  const layout = parameterLayout(model);
  const rows = checkedRows(model, batch);
  const f = activations[model.activation];
  const atZero = f.value(0);
  const baseline = importance.reduce((sum, v) => sum + v * atZero, 0);
  const hidden = new Float64Array(dims);
  const isFree = layout.outputWeights.length > 0;
  const hasBias = layout.bias.length > 0;
  const u = layout.outputWeights.from;

  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    rows.visit((share, from, end) => {
      hidden.fill(0);
      let target = baseline;
      for (let at = from; at < end; at++) {
        const i = batch.indices[at];
        const x = batch.values[at];
        target += importance[i] * (f.value(x) - atZero);
        for (let a = 0; a < dims; a++) hidden[a] += parameters[i * dims + a] * x;
      }
      let output = hasBias ? parameters[layout.bias.from] : 0;
      for (let a = 0; a < dims; a++)
        output += (isFree ? parameters[u + a] : 1) * f.value(hidden[a]);

      const error = output - target;
      loss += share * error * error;
      const pull = 2 * share * error;
      if (hasBias) gradient[layout.bias.from] += pull;
      for (let a = 0; a < dims; a++) {
        if (isFree) gradient[u + a] += pull * f.value(hidden[a]);
        const slope = pull * (isFree ? parameters[u + a] : 1) * f.slope(hidden[a]);
        for (let at = from; at < end; at++)
          gradient[batch.indices[at] * dims + a] += slope * batch.values[at];
      }
    });
    return loss;
  };
  return { size: layout.size, evaluate };
}
