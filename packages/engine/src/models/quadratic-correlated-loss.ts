import type { DistributedInputs } from '@polysem/core/features';
import { dependenceOf } from '@polysem/core/features';
import { exactProducts } from './exact-products.ts';
import type { Loss } from './loss.ts';
import { quadraticFactorLoss } from './quadratic-factor-loss.ts';
import { quadraticGroupedLoss } from './quadratic-grouped-loss.ts';
import { hasSymmetricValues, quadraticPairLoss } from './quadratic-pair-loss.ts';
import { PRODUCTS_UP_TO, quadraticSampleLoss } from './quadratic-sample-loss.ts';
import type { QuadraticModel } from './toy-model.ts';

/**
 * The exact loss of the quadratic model with the best b, for any inputs, by the cheapest method:
 * group by group for groups; for a copula pair by pair if the value distributions are symmetric,
 * otherwise by the covariance of products, or by conditioning on the factor of a one-factor copula
 * with more than 20 features. Parameters: W feature-major, N D numbers.
 *
 * @throws RangeError if the model or the inputs are malformed, or a fourth moment does not exist.
 */
export function quadraticCorrelatedLoss(model: QuadraticModel, inputs: DistributedInputs): Loss {
  const { kind } = dependenceOf(inputs);
  if (kind === 'together' || kind === 'one-of') return quadraticGroupedLoss(model, inputs);
  if (hasSymmetricValues(inputs)) return quadraticPairLoss(model, inputs);
  if (kind === 'factor' && model.features > PRODUCTS_UP_TO) {
    return quadraticFactorLoss(model, inputs);
  }
  return quadraticSampleLoss(model, exactProducts(inputs));
}
