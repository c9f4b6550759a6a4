import type { SparseBatch } from '../features/sparse.ts';
import { activations } from './activation.ts';
import type { Loss } from './loss.ts';
import { parameterLayout } from './parameters.ts';
import type { CompressionModel } from './toy-model.ts';

/**
 * The loss of a compression model on a batch: the mean over rows of sum_i v_i (x_i - x~_i)^2 with
 * x~ = f(U^T W x + b). Parameters: see `parameterLayout`. The notebook of Elhage et al. also divides by N. The
 * reference: float64, written as the paper is.
 *
 * @throws RangeError if the model is malformed or the batch has another number of features.
 */
export function compressionLoss(model: CompressionModel, batch: SparseBatch): Loss {
  const { features, dims, importance } = model;
  const layout = parameterLayout(model);
  if (batch.features !== features) {
    throw new RangeError(`batch: has ${batch.features} features, the model ${features}`);
  }
  const f = activations[model.activation];
  const readOut = layout.readOut.length > 0 ? layout.readOut.from : 0;
  const bias = layout.bias.length > 0 ? layout.bias.from : -1;
  const input = new Float64Array(features);
  const hidden = new Float64Array(dims);
  const hiddenPull = new Float64Array(dims);

  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < batch.rows; row++) {
      const [from, end] = [batch.rowStarts[row], batch.rowStarts[row + 1]];
      input.fill(0);
      hidden.fill(0);
      hiddenPull.fill(0);
      for (let at = from; at < end; at++) {
        const i = batch.indices[at];
        const x = batch.values[at];
        input[i] = x;
        for (let d = 0; d < dims; d++) hidden[d] += parameters[i * dims + d] * x;
      }
      for (let i = 0; i < features; i++) {
        const u = readOut + i * dims;
        let before = bias < 0 ? 0 : parameters[bias + i];
        for (let d = 0; d < dims; d++) before += parameters[u + d] * hidden[d];
        const error = f.value(before) - input[i];
        loss += importance[i] * error * error;
        const pull = ((2 * importance[i] * error) / batch.rows) * f.slope(before);
        if (pull === 0) continue;
        if (bias >= 0) gradient[bias + i] += pull;
        for (let d = 0; d < dims; d++) {
          gradient[u + d] += pull * hidden[d];
          hiddenPull[d] += pull * parameters[u + d];
        }
      }
      for (let at = from; at < end; at++) {
        const w = batch.indices[at] * dims;
        for (let d = 0; d < dims; d++) gradient[w + d] += hiddenPull[d] * batch.values[at];
      }
    }
    return loss / batch.rows;
  };
  return { size: layout.size, evaluate };
}
