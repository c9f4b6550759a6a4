import type { DistributedInputs } from '@polysem/core/features';
import { jointDensity } from '@polysem/core/features';
import type { SparseBatch } from '@polysem/core/features';
import { activeMoments } from '@polysem/core/features';
import { checkQuadraticModel, type QuadraticModel } from './toy-model.ts';

/**
 * E[y - |W x|^2] as a function of W, feature-major: the bias b that minimises the loss of the
 * quadratic model.
 */
export type MeanError = (w: Float64Array) => number;

/**
 * The exact mean error for any inputs: sum_i v_i M_ii - sum_ij G_ij M_ij with M_ij = E x_i x_j.
 * Cost: O(N^2 D) if features have nonzero means, otherwise O(N D).
 *
 * @throws RangeError if the model or the inputs are malformed, or a fourth moment does not exist.
 */
export function inputsMeanError(model: QuadraticModel, inputs: DistributedInputs): MeanError {
  checkQuadraticModel(model);
  const { features, dims, importance } = model;
  const { marginals } = inputs;
  const values = marginals.map(activeMoments);
  const joint = jointDensity(inputs);
  const pairs: { readonly i: number; readonly j: number; readonly mean: number }[] = [];
  for (let j = 0; j < features; j++) {
    pairs.push({ i: j, j, mean: marginals[j].density * values[j][2] });
    for (let i = 0; i < j; i++) {
      const product = values[i][1] * values[j][1];
      if (product !== 0) pairs.push({ i, j, mean: 2 * product * joint([i, j]) });
    }
  }
  return (w) => {
    let mean = 0;
    for (const { i, j, mean: product } of pairs) {
      let dot = i === j ? -importance[i] : 0;
      for (let d = 0; d < dims; d++) dot += w[i * dims + d] * w[j * dims + d];
      mean -= dot * product;
    }
    return mean;
  };
}

/**
 * The mean error over the rows of a batch.
 *
 * @throws RangeError if the model is malformed.
 */
export function batchMeanError(model: QuadraticModel, batch: SparseBatch): MeanError {
  checkQuadraticModel(model);
  const { dims, importance } = model;
  const { rows, rowStarts, indices, values } = batch;
  const hidden = new Float64Array(dims);
  return (w) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      hidden.fill(0);
      for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++) {
        const i = indices[at];
        const x = values[at];
        sum += importance[i] * x * x;
        for (let d = 0; d < dims; d++) hidden[d] += x * w[i * dims + d];
      }
      for (let d = 0; d < dims; d++) sum -= hidden[d] * hidden[d];
    }
    return sum / rows;
  };
}
