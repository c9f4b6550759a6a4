import { power } from '@polysem/numerics/elementary';
import type { DistributedInputs } from '@polysem/core/features';
import { dependenceOf } from '@polysem/core/features';
import { factorMixture } from '@polysem/core/features';
import { activeMoments } from '@polysem/core/features';
import type { Loss } from './loss.ts';
import { quadraticExactLoss, type LossMoments } from './quadratic-exact-loss.ts';
import { checkQuadraticModel, type QuadraticModel } from './toy-model.ts';

/**
 * The exact loss of the quadratic model, with the best b, for features of a one-factor copula.
 * Parameters: W feature-major, N D numbers.
 *
 * Given the factor f the features are independent. With V(f) the exact loss for the moments at f
 * and M(f) the mean of x^T A x at f, L = E V(f) + Var M(f). The expectation is a quadrature over
 * about 400 values of f, each O(N D^2). This handles more features than `exactProducts` can hold,
 * but is slower for few features.
 *
 * @throws RangeError if the model or the inputs are malformed, the inputs are not a one-factor
 *   copula, or a fourth moment does not exist.
 */
export function quadraticFactorLoss(model: QuadraticModel, inputs: DistributedInputs): Loss {
  checkQuadraticModel(model);
  const { features, dims, importance } = model;
  const { marginals } = inputs;
  const dependence = dependenceOf(inputs);
  if (dependence.kind !== 'factor') {
    throw new RangeError(
      'correlation: has no loadings; quadraticGroupedLoss is for groups, exactProducts for a matrix',
    );
  }
  const values = marginals.map(activeMoments);
  const mixture = factorMixture(
    Float64Array.from(marginals, ({ density }) => density),
    dependence.loadings,
  );
  const nodes = Array.from(mixture.weights, (weight, k) => {
    const given = values.map((raw, i) => centralMoments(mixture.densities[k * features + i], raw));
    return { weight, given, loss: quadraticExactLoss(model, given) };
  }).filter(({ weight }) => weight > 0);
  const size = features * dims;
  const part = new Float64Array(size);
  const means = new Float64Array(nodes.length);
  const projected = new Float64Array(dims);

  const evaluate = (w: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    let mean = 0;
    nodes.forEach(({ weight, given, loss: conditional }, k) => {
      loss += weight * conditional.evaluate(w, part);
      for (let j = 0; j < size; j++) gradient[j] += weight * part[j];
      means[k] = formMean(w, given, importance, projected);
      mean += weight * means[k];
    });
    nodes.forEach(({ weight, given }, k) => {
      const away = means[k] - mean;
      loss += weight * away * away;
      formMean(w, given, importance, projected);
      for (let i = 0; i < features; i++) {
        const spread = -4 * weight * away * given[i].variance;
        const own = -4 * weight * away * given[i].mean;
        for (let d = 0; d < dims; d++) {
          gradient[i * dims + d] += spread * w[i * dims + d] + own * projected[d];
        }
      }
    });
    return loss;
  };
  return { size, evaluate };
}

/** E x^T A x for independent features with the given moments; writes W mu into `projected`. */
function formMean(
  w: Float64Array,
  given: readonly LossMoments[],
  importance: readonly number[],
  projected: Float64Array,
): number {
  const dims = projected.length;
  projected.fill(0);
  let mean = 0;
  given.forEach(({ mean: mu, variance }, i) => {
    let n = 0;
    for (let d = 0; d < dims; d++) {
      n += w[i * dims + d] ** 2;
      projected[d] += mu * w[i * dims + d];
    }
    mean += importance[i] * (variance + mu * mu) - variance * n;
  });
  for (let d = 0; d < dims; d++) mean -= projected[d] ** 2;
  return mean;
}

function centralMoments(p: number, raw: Float64Array): LossMoments {
  const [m1, m2, m3, m4] = [1, 2, 3, 4].map((order) => p * raw[order]);
  return {
    mean: m1,
    variance: m2 - m1 * m1,
    thirdCentral: m3 - 3 * m1 * m2 + 2 * power(m1, 3),
    fourthCentral: m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * power(m1, 4),
  };
}
