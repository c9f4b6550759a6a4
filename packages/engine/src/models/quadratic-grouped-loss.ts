import type { DistributedInputs } from '@polysem/core/features';
import { dependenceOf } from '@polysem/core/features';
import { activeMoments } from '@polysem/core/features';
import { groupMoments } from './group-moments.ts';
import type { Loss } from './loss.ts';
import { checkQuadraticModel, type QuadraticModel } from './toy-model.ts';

/**
 * The exact loss of the quadratic model, with the best b, for groups of features that are active
 * together or of which at most one is active. Independent features are groups of one. Parameters: W
 * feature-major, N D numbers.
 *
 * The loss is the variance of x^T A x, A = diag(v) - W^T W. Groups g are independent. With mu the
 * mean, Sigma_g the covariance within group g, and b_g = sum_{h != g} A_gh mu_h the contribution of
 * the means of the other groups,
 *
 *   L = 2 sum_{g != h} tr(G_gh Sigma_h G_hg Sigma_g) + sum_g Var(x_g^T A_gg x_g + 2 b_g^T x_g)
 *
 * where the sum over pairs is |W Sigma W^T|^2 minus its diagonal blocks. A group that is active
 * together with probability p, and whose form has variance V and mean M when active, adds p V + p
 * (1 - p) M^2. A group of which at most one feature is active adds the variance of a mixture of
 * forms in one variable. Cost: O(N D^2 + sum_g |g|^2 (D + |g|)).
 *
 * @throws RangeError if the model or the inputs are malformed, the inputs are a copula, or a
 *   fourth moment does not exist.
 */
export function quadraticGroupedLoss(model: QuadraticModel, inputs: DistributedInputs): Loss {
  checkQuadraticModel(model);
  const { features, dims } = model;
  const { marginals } = inputs;
  const dependence = dependenceOf(inputs);
  if (dependence.kind !== 'together' && dependence.kind !== 'one-of') {
    throw new RangeError(
      'correlation.kind: a copula has no groups; use exactProducts with quadraticSampleLoss',
    );
  }
  const { kind } = dependence;
  const groups = dependence.groups.map((members, at) =>
    groupMoments(
      members.map((i) => marginals[i].density),
      members.map((i) => activeMoments(marginals[i])),
      kind === 'together' ? dependence.densities[at] : null,
    ),
  );
  const v = Float64Array.from(model.importance);
  const mean = new Float64Array(features);
  dependence.groups.forEach((members, at) => {
    members.forEach((i, a) => {
      mean[i] = groups[at].mean[a];
    });
  });

  /** Sigma W, feature-major. */
  const covarianceTimes = (w: Float64Array): Float64Array => {
    const sigmaW = new Float64Array(features * dims);
    dependence.groups.forEach((members, at) => {
      members.forEach((i, a) => {
        members.forEach((j, b) => {
          const factor = groups[at].covariance[a * members.length + b];
          if (factor === 0) return;
          for (let d = 0; d < dims; d++) sigmaW[i * dims + d] += factor * w[j * dims + d];
        });
      });
    });
    return sigmaW;
  };

  /** 2 |W Sigma W^T|^2, whose gradient it writes. */
  const squaredCovariance = (w: Float64Array, gradient: Float64Array): number => {
    const sigmaW = covarianceTimes(w);
    // W Sigma W^T, a symmetric matrix.
    const s = new Float64Array(dims * dims);
    for (let i = 0; i < features; i++) {
      for (let r = 0; r < dims; r++) {
        for (let c = 0; c < dims; c++) s[r * dims + c] += w[i * dims + r] * sigmaW[i * dims + c];
      }
    }
    for (let i = 0; i < features; i++) {
      for (let r = 0; r < dims; r++) {
        let pull = 0;
        for (let c = 0; c < dims; c++) pull += s[r * dims + c] * sigmaW[i * dims + c];
        gradient[i * dims + r] = 8 * pull;
      }
    }
    let loss = 0;
    for (let d = 0; d < dims * dims; d++) loss += 2 * s[d] * s[d];
    return loss;
  };

  const evaluate = (w: Float64Array, gradient: Float64Array): number => {
    let loss = squaredCovariance(w, gradient);
    const wMean = new Float64Array(dims);
    for (let i = 0; i < features; i++) {
      for (let d = 0; d < dims; d++) wMean[d] += mean[i] * w[i * dims + d];
    }
    const outside = new Float64Array(features);
    const wOutside = new Float64Array(dims);
    dependence.groups.forEach((members, at) => {
      const size = members.length;
      const inner = new Float64Array(size * size);
      for (let a = 0; a < size; a++) {
        for (let b = 0; b <= a; b++) {
          let dot = 0;
          for (let d = 0; d < dims; d++) dot += w[members[a] * dims + d] * w[members[b] * dims + d];
          inner[a * size + b] = dot;
          inner[b * size + a] = dot;
        }
      }
      const b = new Float64Array(size);
      for (let a = 0; a < size; a++) {
        for (let d = 0; d < dims; d++) b[a] -= w[members[a] * dims + d] * wMean[d];
        for (let c = 0; c < size; c++) b[a] += inner[a * size + c] * groups[at].mean[c];
      }
      const found = groups[at].evaluate(
        inner,
        members.map((i) => v[i]),
        b,
      );
      loss += found.loss;
      for (let a = 0; a < size; a++) {
        const i = members[a];
        outside[i] = found.byOutside[a];
        for (let d = 0; d < dims; d++) wOutside[d] += outside[i] * w[i * dims + d];
        // Within a group b_g includes G_gg mu_g, which the sum over all features below subtracts
        // again.
        for (let c = 0; c < size; c++) {
          const factor =
            2 * found.byGram[a * size + c] +
            found.byOutside[a] * groups[at].mean[c] +
            found.byOutside[c] * groups[at].mean[a];
          for (let d = 0; d < dims; d++)
            gradient[i * dims + d] += factor * w[members[c] * dims + d];
        }
      }
    });
    for (let i = 0; i < features; i++) {
      for (let d = 0; d < dims; d++)
        gradient[i * dims + d] -= outside[i] * wMean[d] + mean[i] * wOutside[d];
    }
    return Math.max(0, loss);
  };
  return { size: features * dims, evaluate };
}
