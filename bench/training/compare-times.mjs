// Compares predicted with measured times of training steps.

import { quantile } from '@polysem/numerics/elementary';
import { operationCounts } from '../../packages/engine/dist/kernels/program/cost-model.js';
import { nameOf, plannedStep } from './timed-step.mjs';

/**
 * Compares the times of a point.
 *
 * @param row a point with `nanoseconds`, the measured times by method.
 * @param costs nanoseconds by operation.
 * @returns predicted times; the chosen and the fastest method; `regret`, the excess time of the chosen one as a fraction.
 */
export function compare({ nanoseconds, ...point }, costs) {
  const step = plannedStep(point);
  const methods = Object.keys(nanoseconds);
  const total = (counts) =>
    Object.entries(counts).reduce((sum, [name, count]) => sum + count * costs[name], 0);
  const predicted = Object.fromEntries(
    methods.map((method) => [method, total(operationCounts(step, method))]),
  );
  const leastOf = (times) => methods.reduce((a, b) => (times[b] < times[a] ? b : a));
  // Models that the code for large models supports are always left to it.
  const chosen = methods.includes('large') ? 'large' : leastOf(predicted);
  const fastest = leastOf(nanoseconds);
  const regret = nanoseconds[chosen] / nanoseconds[fastest] - 1;
  return { name: nameOf(point), nanoseconds, predicted, chosen, fastest, regret };
}

function factor({ nanoseconds, predicted }, method) {
  const ratio = predicted[method] / nanoseconds[method];
  return Math.max(ratio, 1 / ratio);
}

/**
 * Summarises comparisons: mean, 90 % quantile and maximum of the regret, and the factors within which half, 90 % and all of the
 * predictions are, of every method and of the chosen ones.
 */
export function summary(comparisons) {
  const regrets = comparisons.map(({ regret }) => regret);
  const all = comparisons.flatMap((one) =>
    Object.keys(one.nanoseconds).map((method) => factor(one, method)),
  );
  return {
    regret: {
      mean: regrets.reduce((a, b) => a + b, 0) / regrets.length,
      most: quantileOf(regrets, 0.9),
      worst: Math.max(...regrets),
    },
    factors: quantiles(all),
    chosenFactors: quantiles(comparisons.map((one) => factor(one, one.chosen))),
  };
}

function quantiles(values) {
  return { half: quantileOf(values, 0.5), most: quantileOf(values, 0.9), all: Math.max(...values) };
}

/** The quantile of numbers in any order. */
export function quantileOf(values, p) {
  return quantile(Float64Array.from(values).toSorted(), p);
}
