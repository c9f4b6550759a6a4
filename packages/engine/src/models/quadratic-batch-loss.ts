import type { SparseBatch } from '@polysem/core/features';
import type { Loss } from './loss.ts';
import { checkQuadraticModel, type QuadraticModel } from './toy-model.ts';

/**
 * The loss of the quadratic model on one batch, with the best b for that batch: the mean over rows
 * of (r - mean r)^2 with r = sum_i v_i x_i^2 - |W x|^2. Parameters: W feature-major, N D numbers.
 * Its expectation is (1 - 1 / rows) times the exact loss. Cost: O(active entries x D).
 *
 * @throws RangeError if the model is malformed or the batch has a different number of features.
 */
export function quadraticBatchLoss(model: QuadraticModel, batch: SparseBatch): Loss {
  checkQuadraticModel(model);
  const { features, dims, importance } = model;
  if (batch.features !== features) {
    throw new RangeError(`batch: has ${batch.features} features, the model ${features}`);
  }
  const { rows, rowStarts, indices, values } = batch;
  const hidden = new Float64Array(rows * dims);
  const residual = new Float64Array(rows);

  const evaluate = (w: Float64Array, gradient: Float64Array): number => {
    hidden.fill(0);
    let mean = 0;
    for (let row = 0; row < rows; row++) {
      let r = 0;
      for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++) {
        const i = indices[at];
        const x = values[at];
        r += importance[i] * x * x;
        for (let d = 0; d < dims; d++) hidden[row * dims + d] += x * w[i * dims + d];
      }
      for (let d = 0; d < dims; d++) r -= hidden[row * dims + d] ** 2;
      residual[row] = r;
      mean += r;
    }
    mean /= rows;
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      const error = residual[row] - mean;
      loss += error * error;
      const pull = (-4 / rows) * error;
      for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++) {
        const i = indices[at];
        const factor = pull * values[at];
        for (let d = 0; d < dims; d++) gradient[i * dims + d] += factor * hidden[row * dims + d];
      }
    }
    return loss / rows;
  };
  return { size: features * dims, evaluate };
}
