import { capacityAtPrice } from '../theory/quadratic.ts';
import { checkStatistics, type CheckedStatistics, type FeatureStatistics } from './statistics.ts';

/**
 * Capacities of the quadratic model at a common price (arXiv:2210.01892, equation 15):
 * C_i = clip[((k_i - 1) v_i / lambda - 2) / (k_i - 3)] with price = 2 lambda^2 for k_i > 3, all or nothing for
 * k_i <= 3, and 0 for a feature of importance 0. Only v_i / lambda matters, so importances may be in any unit.
 *
 * @param statistics importance and kurtosis per feature, and the price (at least 0; Infinity gives every feature 0).
 * @returns C_i per feature, in [0, 1].
 * @throws RangeError if the price or a statistic is out of range.
 */
export function predictCapacity(
  statistics: FeatureStatistics & { readonly price: number },
): Float64Array {
  const { price } = statistics;
  if (!(price >= 0)) throw new RangeError(`price: must be at least 0, got ${price}`);
  return capacitiesAtPrice(checkStatistics(statistics), price);
}

/** {@link predictCapacity} for statistics that are already checked. */
export function capacitiesAtPrice(
  { importance, kurtosis }: Pick<CheckedStatistics, 'importance' | 'kurtosis'>,
  price: number,
): Float64Array {
  return importance.map((v, i) => (v === 0 ? 0 : capacityAtPrice(v, kurtosis[i], price)));
}
