import type { DistributedInputs } from '@polysem/core/features';
import { jointDensity, type JointDensity } from '@polysem/core/features';
import { activeMoments } from '@polysem/core/features';
import { checkProductCount, productIndex, type ProductCovariance } from './product-covariance.ts';

/**
 * The exact covariance of the products x_i x_j of features, independent or correlated, for the
 * exact loss of the quadratic model (`quadraticSampleLoss`). With x = s z and independent values z,
 * the expectation of a product is a product of moments, one per feature, times the probability that
 * all its features are active.
 *
 * Exact to rounding for independent features and groups, and to about 1e-14 for a one-factor
 * copula. For a full correlation matrix the accuracy is that of `normalOrthant`, and each of the
 * N^4 / 24 quadruples of features with nonzero mean takes half a millisecond.
 *
 * @throws RangeError if the inputs are invalid, a fourth moment does not exist, or there are more
 *   than 128 features.
 */
export function exactProducts(inputs: DistributedInputs): ProductCovariance {
  const features = inputs.marginals.length;
  checkProductCount(features);
  const values = inputs.marginals.map(activeMoments);
  const joint = jointDensity(inputs);
  const products = (features * (features + 1)) / 2;
  const mean = new Float64Array(products);
  for (let j = 0; j < features; j++) {
    for (let i = 0; i <= j; i++) mean[productIndex(i, j)] = expectation([i, j], values, joint);
  }
  const covariance = new Float64Array(products * products);
  for (let j = 0; j < features; j++) {
    for (let i = 0; i <= j; i++) {
      const a = productIndex(i, j);
      for (let l = 0; l <= j; l++) {
        for (let k = 0; k <= l; k++) {
          const b = productIndex(k, l);
          if (b > a) break;
          const value = expectation([i, j, k, l], values, joint) - mean[a] * mean[b];
          covariance[a * products + b] = value;
          covariance[b * products + a] = value;
        }
      }
    }
  }
  return { features, rows: null, covariance };
}

/** Expectation of the product of the listed features; a feature may be listed more than once. */
function expectation(
  listed: readonly number[],
  values: readonly Float64Array[],
  joint: JointDensity,
): number {
  const order = listed.toSorted((a, b) => a - b);
  const set: number[] = [];
  let product = 1;
  for (let at = 0; at < order.length;) {
    const i = order[at];
    let power = 0;
    for (; order[at] === i; at++) power++;
    product *= values[i][power];
    set.push(i);
  }
  // Skips the copula integrals when an unpaired feature of mean zero makes the product vanish.
  return product === 0 ? 0 : product * joint(set);
}
