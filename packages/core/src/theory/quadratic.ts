/**
 * The quadratic model y = sum_i v_i x_i^2, y~ = |W x|^2 + b with independent features of mean 0, variance 1
 * and kurtosis k_i, after b and the squared norms n_i have been chosen best for the capacities C_i
 * (arXiv:2210.01892, section 3; one kurtosis a feature is this project's extension).
 *
 * v = importance, k = kurtosis, C = capacity.
 */

/** Below this distance from 3 a kurtosis is taken for 3: the curvature it gives the loss is lost in rounding. */
const CRITICAL_WIDTH = 1e-12;

/** The kurtosis at which the loss turns from concave in capacity (below) to convex (above). */
export const CRITICAL_KURTOSIS = 3;

/** Where a feature's kurtosis stands to the critical one: the sign of its loss's curvature in capacity. */
export function returns(kurtosis: number): 'diminishing' | 'constant' | 'increasing' {
  if (Math.abs(kurtosis - CRITICAL_KURTOSIS) <= CRITICAL_WIDTH) return 'constant';
  return kurtosis > CRITICAL_KURTOSIS ? 'diminishing' : 'increasing';
}

/** l(C) = 2 v^2 (k - 1) (1 - C) / (2 + (k - 3) C): what a feature of capacity C adds to the loss. */
export function featureLoss(importance: number, kurtosis: number, capacity: number): number {
  if (capacity >= 1 || kurtosis === 1) return 0;
  return (
    (2 * importance * importance * (kurtosis - 1) * (1 - capacity)) /
    (2 + (kurtosis - 3) * capacity)
  );
}

/** -l'(C) = 2 v^2 (k - 1)^2 / (2 + (k - 3) C)^2 [equation 14]: what a little more capacity is worth. */
export function marginalBenefit(importance: number, kurtosis: number, capacity: number): number {
  if (kurtosis === 1) return 0;
  const root = (importance * (kurtosis - 1)) / (2 + (kurtosis - 3) * capacity);
  return 2 * root * root;
}

/** n = (k - 1) v C / (2 + (k - 3) C): the best squared norm for a capacity; v at C = 1, 0 at C = 0. */
export function bestSquaredNorm(importance: number, kurtosis: number, capacity: number): number {
  if (capacity >= 1) return importance;
  if (capacity <= 0) return 0;
  return ((kurtosis - 1) * importance * capacity) / (2 + (kurtosis - 3) * capacity);
}

/**
 * The capacity a feature takes at a price [equation 15]: for k > 3 clip[((k - 1) v / lambda - 2) / (k - 3)] with
 * price = 2 lambda^2; for k <= 3 all or nothing, a whole dimension if the price is below v^2 (k - 1), what it saves.
 */
export function capacityAtPrice(importance: number, kurtosis: number, price: number): number {
  if (returns(kurtosis) !== 'diminishing')
    return price < importance * importance * (kurtosis - 1) ? 1 : 0;
  const lambda = Math.sqrt(price / 2);
  return Math.max(0, Math.min(1, (((kurtosis - 1) * importance) / lambda - 2) / (kurtosis - 3)));
}
