/**
 * The quadratic model y = sum_i v_i x_i^2 [9], y~ = |W x|^2 + b [10], with independent features of mean 0, variance 1 and
 * kurtosis k_i. The bias b and the squared norms n_i are the best ones for the capacities C_i. Numbers in brackets are
 * equations of arXiv:2210.01892, section 3; per-feature kurtoses are an extension of the paper.
 *
 * v = importance, k = kurtosis, C = capacity, n = squared norm, lambda = n / C, price = 2 lambda^2.
 */

/** A kurtosis within this of 3 counts as 3: the curvature of the loss is then below rounding. */
const CRITICAL_WIDTH = 1e-12;

/** The kurtosis at which the loss turns from concave in capacity (below) to convex (above). */
const CRITICAL_KURTOSIS = 3;

/**
 * Returns to capacity of a feature of this kurtosis: diminishing where the loss is convex in capacity (above 3), constant
 * where it is linear (at 3), increasing where it is concave (below 3).
 *
 * @param kurtosis k >= 1.
 * @returns the kind of returns.
 */
export function returnsToCapacity(kurtosis: number): 'diminishing' | 'constant' | 'increasing' {
  if (Math.abs(kurtosis - CRITICAL_KURTOSIS) <= CRITICAL_WIDTH) return 'constant';
  return kurtosis > CRITICAL_KURTOSIS ? 'diminishing' : 'increasing';
}

/**
 * Loss of a feature as a function of its capacity, l(C) = 2 v^2 (k - 1) (1 - C) / (2 + (k - 3) C) [from equation 13, at the
 * best squared norm].
 *
 * @param importance v >= 0.
 * @param kurtosis k >= 1.
 * @param capacity C in [0, 1].
 * @returns l(C); 0 at C = 1.
 * @example
 * ```js
 * import { featureLoss } from 'polysem/theory';
 * featureLoss(1, 9, 0); // 8
 * ```
 */
export function featureLoss(importance: number, kurtosis: number, capacity: number): number {
  if (capacity >= 1) return 0;
  return (
    (2 * importance * importance * (kurtosis - 1) * (1 - capacity)) /
    (2 + (kurtosis - 3) * capacity)
  );
}

/**
 * Marginal benefit of capacity, -l'(C) = 2 v^2 (k - 1)^2 / (2 + (k - 3) C)^2 [equation 14].
 *
 * @param importance v >= 0.
 * @param kurtosis k >= 1.
 * @param capacity C in [0, 1].
 * @returns the decrease of the loss per dimension of additional capacity.
 * @example
 * ```js
 * import { marginalBenefit } from 'polysem/theory';
 * marginalBenefit(1, 9, 0); // 32
 * marginalBenefit(1, 9, 1); // 2
 * ```
 */
export function marginalBenefit(importance: number, kurtosis: number, capacity: number): number {
  if (kurtosis === 1) return 0;
  const root = (importance * (kurtosis - 1)) / (2 + (kurtosis - 3) * capacity);
  return 2 * root * root;
}

/**
 * Squared norm that minimises the loss at a capacity, n = (k - 1) v C / (2 + (k - 3) C) [from equation 13].
 *
 * @param importance v >= 0.
 * @param kurtosis k >= 1.
 * @param capacity C in [0, 1].
 * @returns n = |w|^2: v at C = 1, 0 at C = 0.
 */
export function bestSquaredNorm(importance: number, kurtosis: number, capacity: number): number {
  if (capacity >= 1) return importance;
  if (capacity <= 0) return 0;
  return ((kurtosis - 1) * importance * capacity) / (2 + (kurtosis - 3) * capacity);
}

/**
 * Capacity that a feature demands at a price [equation 15]. For k > 3 it is ((k - 1) v / lambda - 2) / (k - 3), clipped to
 * [0, 1], with price = 2 lambda^2. For k <= 3 it is all or nothing: a whole dimension if the price is below the loss that it
 * saves, v^2 (k - 1).
 *
 * @param importance v >= 0.
 * @param kurtosis k >= 1.
 * @param price marginal benefit of capacity, positive.
 * @returns C in [0, 1].
 * @example
 * ```js
 * import { capacityAtPrice } from 'polysem/theory';
 * capacityAtPrice(1, 9, 8); // 0.333
 * ```
 */
export function capacityAtPrice(importance: number, kurtosis: number, price: number): number {
  if (returnsToCapacity(kurtosis) !== 'diminishing')
    return price < importance * importance * (kurtosis - 1) ? 1 : 0;
  const lambda = Math.sqrt(price / 2);
  return Math.max(0, Math.min(1, (((kurtosis - 1) * importance) / lambda - 2) / (kurtosis - 3)));
}
