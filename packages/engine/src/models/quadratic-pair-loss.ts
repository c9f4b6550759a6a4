import type { DistributedInputs } from '@polysem/core/features';
import { jointDensity } from '@polysem/core/features';
import { activeMoments } from '@polysem/core/features';
import type { Loss } from './loss.ts';
import { checkQuadraticModel, type QuadraticModel } from './toy-model.ts';

/**
 * True if the odd moments of every feature vanish, so that the loss depends only on which pairs of
 * features are active together.
 *
 * @throws RangeError if the inputs are malformed, or a fourth moment does not exist.
 */
export function hasSymmetricValues(inputs: DistributedInputs): boolean {
  return inputs.marginals.every((marginal) => {
    const [, m1, , m3] = activeMoments(marginal);
    return m1 === 0 && m3 === 0;
  });
}

/**
 * The exact loss of the quadratic model, with the best b, for symmetric value distributions and any
 * correlation. Parameters: W feature-major, N D numbers.
 *
 * The only fourth moments of products that remain are E x_i^2 x_j^2 = R_ij. With s_i = Var x_i, A =
 * diag(v) - W^T W,
 *
 *   L = sum_i (E x_i^4 - s_i^2) A_ii^2 + sum_{i != j} [ 2 R_ij G_ij^2 + (R_ij - s_i s_j) A_ii A_jj ]
 *
 * where R_ij is s_i s_j times P(both active) / (p_i p_j). Cost: O(N^2 D); memory: N^2 numbers.
 *
 * @throws RangeError if the model or the inputs are malformed, a value distribution is not
 *   symmetric, or a fourth moment does not exist.
 */
export function quadraticPairLoss(model: QuadraticModel, inputs: DistributedInputs): Loss {
  checkQuadraticModel(model);
  const { features, dims, importance } = model;
  if (!hasSymmetricValues(inputs)) {
    throw new RangeError(
      'marginal: a shape is not symmetric; use quadraticCorrelatedLoss, which accepts every shape',
    );
  }
  const joint = jointDensity(inputs);
  const values = inputs.marginals.map(activeMoments);
  const density = inputs.marginals.map((marginal) => marginal.density);
  const variance = values.map((raw, i) => density[i] * raw[2]);
  const square = new Float64Array(features * features);
  for (let j = 0; j < features; j++) {
    square[j * features + j] = density[j] * values[j][4];
    for (let i = 0; i < j; i++) {
      const both = joint([i, j]) * values[i][2] * values[j][2];
      square[i * features + j] = both;
      square[j * features + i] = both;
    }
  }
  const own = new Float64Array(features);
  const byOwn = new Float64Array(features);

  const evaluate = (w: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    byOwn.fill(0);
    for (let i = 0; i < features; i++) {
      own[i] = importance[i];
      for (let d = 0; d < dims; d++) own[i] -= w[i * dims + d] ** 2;
    }
    let loss = 0;
    for (let j = 0; j < features; j++) {
      for (let i = 0; i <= j; i++) {
        const both = square[i * features + j];
        const covariance = both - variance[i] * variance[j];
        const times = i === j ? 1 : 2;
        loss += times * covariance * own[i] * own[j];
        byOwn[i] += times * covariance * own[j];
        byOwn[j] += times * covariance * own[i];
        if (i === j || both === 0) continue;
        let dot = 0;
        for (let d = 0; d < dims; d++) dot += w[i * dims + d] * w[j * dims + d];
        loss += 4 * both * dot * dot;
        const pull = 8 * both * dot;
        for (let d = 0; d < dims; d++) {
          gradient[i * dims + d] += pull * w[j * dims + d];
          gradient[j * dims + d] += pull * w[i * dims + d];
        }
      }
    }
    for (let i = 0; i < features; i++) {
      for (let d = 0; d < dims; d++) gradient[i * dims + d] -= 2 * byOwn[i] * w[i * dims + d];
    }
    return Math.max(0, loss);
  };
  return { size: features * dims, evaluate };
}
