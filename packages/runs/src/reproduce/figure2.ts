import {
  allocateSeparable,
  capacityAtPrice,
  featureLoss,
  marginalBenefit,
} from '@polysem/core/theory';
import { atMost, equal, type Claim } from './claim.ts';

const KURTOSIS = 100;
const LAMBDA = 1e4;
const FEATURES = 20;
/** Capacities of the partial features, most important first, read from the published figure. */
const PUBLISHED = [0.8155, 0.397, 0.188, 0.084, 0.032, 0.0055];

/** Figure 2 of arXiv:2210.01892: marginal benefits of 20 features and their capacities at a given price. */
export interface Figure2 {
  readonly kurtosis: number;
  readonly lambda: number;
  readonly price: number;
  /** v_i = 2^i, i = 1 .. 20. */
  readonly importance: readonly number[];
  /** Capacities at which the curves are drawn. */
  readonly at: readonly number[];
  /** -dL/dC there, one list per feature. */
  readonly benefit: readonly (readonly number[])[];
  /** C_i at the price, equation 15. */
  readonly capacity: readonly number[];
}

/**
 * Computes Figure 2.
 *
 * @returns the curves and the capacities at the price.
 *
 * @example
 * ```js
 * import { figure2 } from 'polysem/reproduce';
 * figure2().capacity.filter((c) => c === 1).length; // 7
 * ```
 */
export function figure2(): Figure2 {
  const importance = Array.from({ length: FEATURES }, (_, i) => 2 ** (i + 1));
  const price = 2 * LAMBDA * LAMBDA;
  const at = Array.from({ length: 101 }, (_, i) => i / 100);
  return {
    kurtosis: KURTOSIS,
    lambda: LAMBDA,
    price,
    importance,
    at,
    benefit: importance.map((v) => at.map((c) => marginalBenefit(v, KURTOSIS, c))),
    capacity: importance.map((v) => capacityAtPrice(v, KURTOSIS, price)),
  };
}

/**
 * Claims about Figure 2.
 *
 * @param figure from {@link figure2}.
 * @returns six claims.
 *
 * @example
 * ```js
 * import { figure2, figure2Claims } from 'polysem/reproduce';
 * figure2Claims(figure2()).every(({ pass }) => pass); // true
 * ```
 */
// Long because it lists six claims, one after the other.
export function figure2Claims(figure: Figure2): Claim[] {
  const { capacity, importance, kurtosis, price } = figure;
  const source = 'arXiv:2210.01892, Figure 2';
  const partial = capacity.filter((c) => c > 0 && c < 1).toReversed();
  const total = capacity.reduce((sum, c) => sum + c, 0);
  const solved = allocateSeparable({
    features: FEATURES,
    dims: total,
    marginalBenefit: (i, c) => marginalBenefit(importance[i], kurtosis, c),
    loss: (i, c) => featureLoss(importance[i], kurtosis, c),
  });
  const count = (keep: (c: number) => boolean): number => capacity.filter(keep).length;
  return [
    equal(
      {
        id: 'figure2-full',
        claim: 'At lambda = 10^4, features that are fully represented (C = 1)',
        source,
      },
      7,
      count((c) => c === 1),
      0,
    ),
    equal(
      { id: 'figure2-partial', claim: 'Features that are partly represented (0 < C < 1)', source },
      6,
      partial.length,
      0,
    ),
    equal(
      { id: 'figure2-ignored', claim: 'Features that are ignored (C = 0)', source },
      7,
      count((c) => c === 0),
      0,
    ),
    atMost(
      {
        id: 'figure2-capacities',
        claim:
          'Partial capacities are 0.8155, 0.397, 0.188, 0.084, 0.032, 0.0055: largest difference',
        source,
      },
      Math.max(...PUBLISHED.map((c, i) => Math.abs(c - partial[i]))),
      5e-4,
    ),
    equal(
      { id: 'figure2-total', claim: 'Capacities sum to 8.52, which is not an integer', source },
      8.52,
      total,
      5e-3,
    ),
    equal(
      {
        id: 'figure2-price',
        claim:
          'The general convex solver, given that sum, finds the price 2 lambda^2: ratio of the two',
        source: 'equations 6-8 and 15',
      },
      1,
      solved.price / price,
      1e-12,
    ),
  ];
}
