import type { FeatureMoments } from '@polysem/core/features';
import { frameOperator } from '@polysem/core/embedding';
import type { Loss } from './loss.ts';
import { checkQuadraticModel, type QuadraticModel } from './toy-model.ts';

/** The moments of one feature that the exact loss needs. */
export type LossMoments = Pick<
  FeatureMoments,
  'mean' | 'variance' | 'thirdCentral' | 'fourthCentral'
>;

/**
 * Moments of a symmetric feature of mean 0, variance 1 and given kurtosis, as the theory assumes.
 *
 * @param kurtosis E[x^4], not the excess.
 * @returns the moments.
 *
 * @example
 * ```js
 * import { standardMoments } from 'polysem/models';
 * standardMoments(3); // { mean: 0, variance: 1, thirdCentral: 0, fourthCentral: 3 }
 * ```
 */
export function standardMoments(kurtosis: number): LossMoments {
  return { mean: 0, variance: 1, thirdCentral: 0, fourthCentral: kurtosis };
}

/**
 * The exact expected loss of the quadratic model, with the best b, for independent features with
 * any moments. Parameters: W feature-major, N D numbers.
 *
 * With A = diag(v) - W^T W the error is x^T A x - b. The best b equals the mean of x^T A x, so the
 * loss is the variance of a quadratic form. With x = mu + e, s = Var e, t = E e^3, q = E e^4 and a
 * = A mu:
 *
 *   L = sum_i A_ii^2 (q_i - s_i^2) + 2 sum_{i != j} A_ij^2 s_i s_j + 4 sum_i a_i^2 s_i + 4 sum_i A_ii a_i t_i
 *
 * For mean 0 and variance 1 this is equation 12 of arXiv:2210.01892 with one kurtosis per feature,
 * sum_i (k_i - 1) (n_i - v_i)^2 + 2 sum_{i != j} G_ij^2. The cost is O(N D^2), since pairs enter
 * only through W diag(s) W^T.
 *
 * @param model the quadratic model.
 * @param moments one set per feature, or one for all.
 * @returns the loss as a function of W.
 * @throws RangeError if the model is malformed or a moment does not exist.
 *
 * @example
 * ```js
 * import { quadraticExactLoss, standardMoments } from 'polysem/models';
 * const model = { task: 'computation', activation: 'quadratic', features: 2, dims: 1, importance: [1, 1] };
 * const loss = quadraticExactLoss(model, standardMoments(3));
 * loss.evaluate(Float64Array.of(1, 0), new Float64Array(2)); // 2
 * ```
 */
export function quadraticExactLoss(
  model: QuadraticModel,
  moments: LossMoments | readonly LossMoments[],
): Loss {
  checkQuadraticModel(model);
  const { features, dims } = model;
  const v = Float64Array.from(model.importance);
  const { mean, variance, third, fourth } = columns(moments, features);
  const centred = mean.every((m) => m === 0);
  const wMean = new Float64Array(dims);
  const wPull = new Float64Array(dims);
  const diagonal = new Float64Array(features);
  const pull = new Float64Array(features);
  const s = new Float64Array(dims * dims);

  const evaluate = (w: Float64Array, gradient: Float64Array): number => {
    frameOperator({ dims, features, data: w }, variance, s);
    let loss = 0;
    for (let d = 0; d < dims * dims; d++) loss += 2 * s[d] * s[d];
    if (!centred) {
      wMean.fill(0);
      wPull.fill(0);
      for (let i = 0; i < features; i++) {
        for (let d = 0; d < dims; d++) wMean[d] += mean[i] * w[i * dims + d];
      }
    }
    for (let i = 0; i < features; i++) {
      let n = 0;
      let a = 0;
      for (let d = 0; d < dims; d++) {
        n += w[i * dims + d] * w[i * dims + d];
        a -= w[i * dims + d] * wMean[d];
      }
      const own = v[i] - n;
      const spread = variance[i];
      const excess = fourth[i] - spread * spread;
      loss += own * own * excess - 2 * n * n * spread * spread;
      diagonal[i] = -4 * own * excess - 8 * n * spread * spread;
      if (centred) continue;
      a += v[i] * mean[i];
      loss += 4 * a * a * spread + 4 * own * a * third[i];
      diagonal[i] -= 8 * a * third[i];
      pull[i] = 8 * a * spread + 4 * own * third[i];
      for (let d = 0; d < dims; d++) wPull[d] += pull[i] * w[i * dims + d];
    }
    for (let i = 0; i < features; i++) {
      const spread = 8 * variance[i];
      for (let r = 0; r < dims; r++) {
        let sw = 0;
        for (let c = 0; c < dims; c++) sw += s[r * dims + c] * w[i * dims + c];
        gradient[i * dims + r] = diagonal[i] * w[i * dims + r] + spread * sw;
        if (!centred) gradient[i * dims + r] -= mean[i] * wPull[r] + pull[i] * wMean[r];
      }
    }
    return Math.max(0, loss);
  };
  return { size: features * dims, evaluate };
}

/** The bias that minimises the loss: b = E[y - |W x|^2] = sum_i A_ii s_i + mu^T A mu. */
export function bestBias(
  model: QuadraticModel,
  moments: LossMoments | readonly LossMoments[],
  w: Float64Array,
): number {
  const { features, dims } = model;
  const { mean, variance } = columns(moments, features);
  const wMean = new Float64Array(dims);
  let bias = 0;
  for (let i = 0; i < features; i++) {
    const v = model.importance[i];
    bias += v * (variance[i] + mean[i] * mean[i]);
    for (let d = 0; d < dims; d++) {
      bias -= variance[i] * w[i * dims + d] ** 2;
      wMean[d] += mean[i] * w[i * dims + d];
    }
  }
  for (let d = 0; d < dims; d++) bias -= wMean[d] * wMean[d];
  return bias;
}

function columns(moments: LossMoments | readonly LossMoments[], features: number) {
  const list = 'length' in moments ? moments : Array.from({ length: features }, () => moments);
  if (list.length !== features) {
    throw new RangeError(
      `moments: ${list.length} values for ${features} features; give one for all, or one per feature`,
    );
  }
  list.forEach((m, i) => {
    if (!Number.isFinite(m.fourthCentral) || !Number.isFinite(m.thirdCentral)) {
      throw new RangeError(
        `moments: feature ${i} has fourth moment ${m.fourthCentral}; the exact loss needs a finite one`,
      );
    }
  });
  return {
    mean: Float64Array.from(list, (m) => m.mean),
    variance: Float64Array.from(list, (m) => m.variance),
    third: Float64Array.from(list, (m) => m.thirdCentral),
    fourth: Float64Array.from(list, (m) => m.fourthCentral),
  };
}
