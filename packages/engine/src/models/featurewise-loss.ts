import { activations } from '../activations/registry.ts';
import type { SparseBatch } from '@polysem/core/features';
import type { WeightedBatch } from '@polysem/core/features';
import { featurewiseForm } from './featurewise-form.ts';
import type { Loss } from './loss.ts';
import { parameterLayout } from './parameters.ts';
import { checkedRows } from './rows.ts';
import type { CompressionModel, VectorComputationModel } from './toy-model.ts';

/**
 * The loss on a batch of a model with one output per feature: the mean over rows, or the weighted
 * sum over rows, of sum_i weight_i (y_i - y~_i)^2 with y_i = c_i t(x_i), y~ = f(U^T g(W x) + b)
 * (`featurewiseForm`). Parameters: see `parameterLayout`. The notebook of Elhage et al. also
 * divides by N. This is the float64 reference, written as in the paper.
 *
 * @throws RangeError if the model is malformed or the batch has a different number of features.
 */
export function featurewiseLoss(
  model: CompressionModel | VectorComputationModel,
  batch: SparseBatch | WeightedBatch,
): Loss {
  const { features, dims } = model;
  const layout = parameterLayout(model);
  const form = featurewiseForm(model);
  const rows = checkedRows(model, batch);
  const [t, g, f] = [form.target, form.hidden, form.output].map((name) => activations[name]);
  const readOut = layout.readOut.length > 0 ? layout.readOut.from : 0;
  const bias = layout.bias.length > 0 ? layout.bias.from : -1;
  const target = new Float64Array(features);
  const before = new Float64Array(dims);
  const hidden = new Float64Array(dims);
  const hiddenPull = new Float64Array(dims);
  const resting = t.value(0);
  const coefficientOf = (i: number): number => form.coefficient?.[i] ?? 1;

  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    rows.visit((share, from, end) => {
      for (let i = 0; i < features; i++) target[i] = coefficientOf(i) * resting;
      before.fill(0);
      hiddenPull.fill(0);
      for (let at = from; at < end; at++) {
        const i = batch.indices[at];
        const x = batch.values[at];
        target[i] = coefficientOf(i) * t.value(x);
        for (let d = 0; d < dims; d++) before[d] += parameters[i * dims + d] * x;
      }
      for (let d = 0; d < dims; d++) hidden[d] = g.value(before[d]);
      for (let i = 0; i < features; i++) {
        const u = readOut + i * dims;
        let sum = bias < 0 ? 0 : parameters[bias + i];
        for (let d = 0; d < dims; d++) sum += parameters[u + d] * hidden[d];
        const error = f.value(sum) - target[i];
        const weight = share * (form.weight?.[i] ?? 1);
        loss += weight * error * error;
        const pull = 2 * weight * error * f.slope(sum);
        if (pull === 0) continue;
        if (bias >= 0) gradient[bias + i] += pull;
        for (let d = 0; d < dims; d++) {
          gradient[u + d] += pull * hidden[d];
          hiddenPull[d] += pull * parameters[u + d];
        }
      }
      for (let d = 0; d < dims; d++) hiddenPull[d] *= g.slope(before[d]);
      for (let at = from; at < end; at++) {
        const w = batch.indices[at] * dims;
        for (let d = 0; d < dims; d++) gradient[w + d] += hiddenPull[d] * batch.values[at];
      }
    });
    return loss;
  };
  return { size: layout.size, evaluate };
}
