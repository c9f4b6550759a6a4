import { capacityAtPrice } from '../theory/quadratic.ts';
import { checkStatistics, type CheckedStatistics, type FeatureStatistics } from './statistics.ts';

/**
 * The capacity that the quadratic model gives each feature at a price, the same for all (arXiv:2210.01892, equation 15):
 * C_i = clip[((k_i - 1) v_i / lambda - 2) / (k_i - 3)] with price = 2 lambda^2 for k_i > 3, all or nothing for
 * k_i <= 3, and 0 for a feature of importance 0. Only v_i / lambda enters: importances may be in any unit.
 *
 * @param price >= 0; Infinity gives 0 for all.
 * @throws RangeError if the price or a statistic is none.
 */
export function predictCapacity(
  statistics: FeatureStatistics & { readonly price: number },
): Float64Array {
  const { price } = statistics;
  if (!(price >= 0)) throw new RangeError(`price: must be at least 0, got ${price}`);
  return capacitiesAtPrice(checkStatistics(statistics), price);
}

/** The same for statistics that are checked. */
export function capacitiesAtPrice(
  { importance, kurtosis }: Pick<CheckedStatistics, 'importance' | 'kurtosis'>,
  price: number,
): Float64Array {
  return importance.map((v, i) => (v === 0 ? 0 : capacityAtPrice(v, kurtosis[i], price)));
}
