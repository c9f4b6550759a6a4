import {
  allocateSeparable,
  capacityAtPrice,
  featureLoss,
  marginalBenefit,
} from '@polysem/core/theory';
import { atMost, brief, equal, inSection, type Claim } from './claim.ts';
import { paperSections } from './paper-sections.ts';

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
  const source = 'Figure 2';
  const partial = capacity.filter((c) => c > 0 && c < 1).toReversed();
  const total = capacity.reduce((sum, c) => sum + c, 0);
  const solved = allocateSeparable({
    features: FEATURES,
    dims: total,
    marginalBenefit: (i, c) => marginalBenefit(importance[i], kurtosis, c),
    loss: (i, c) => featureLoss(importance[i], kurtosis, c),
  });
  const [full, ignored] = [1, 0].map((value) => capacity.filter((c) => c === value).length);
  const apart = Math.max(...PUBLISHED.map((c, i) => Math.abs(c - partial[i])));
  const ratio = solved.price / price;
  return inSection(paperSections.allocation, [
    equal(
      {
        id: 'figure2-full',
        claim: `Figure 2: at lambda = 10^4, ${full} of the 20 features have a dimension of their own`,
        source,
      },
      7,
      full,
    ),
    equal(
      {
        id: 'figure2-partial',
        claim: `Figure 2: ${partial.length} features share dimensions`,
        source,
      },
      6,
      partial.length,
    ),
    equal(
      { id: 'figure2-ignored', claim: `Figure 2: ${ignored} features are ignored`, source },
      7,
      ignored,
    ),
    atMost(
      {
        id: 'figure2-capacities',
        claim: `Figure 2: the six that share have the capacities that can be read from the picture, ${PUBLISHED.join(', ')} (largest difference: ${brief(apart)})`,
        source,
      },
      apart,
      5e-4,
    ),
    equal(
      {
        id: 'figure2-total',
        claim: `Figure 2: the capacities sum to ${total.toFixed(2)}, not to a whole number of dimensions`,
        source,
        origin: 'polysem',
      },
      8.52,
      total,
      5e-3,
    ),
    equal(
      {
        id: 'figure2-price',
        claim: `Figure 2: the general solver, given only that sum, finds the price 2 lambda^2 (relative difference: ${brief(Math.abs(ratio - 1))})`,
        source: 'equations 6-8 and 15',
      },
      1,
      ratio,
      1e-12,
    ),
  ]);
}
