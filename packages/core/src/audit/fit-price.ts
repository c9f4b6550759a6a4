import { crossing, insideSegment } from '../theory/crossing.ts';
import { makeRamps, makeSteps } from '../theory/quadratic-demand.ts';
import { indicesWhere, valuesAt } from './select.ts';
import { fitRamps, type RampsAndSteps } from './ramp-fit.ts';
import {
  checkLength,
  checkStatistics,
  type CheckedStatistics,
  type FeatureStatistics,
} from './statistics.ts';
import { capacitiesAtPrice } from './predict.ts';

/** A price and the predictions at that price. */
export interface PriceFit {
  /** Marginal benefit 2 lambda^2; Infinity if the rule represents no feature. */
  readonly price: number;
  /** lambda = n / C of every partially represented feature, in the unit of the importances. */
  readonly lambda: number;
  /** Sum of the predicted capacities. */
  readonly total: number;
  /** sum_i (C_i - measured_i)^2. */
  readonly squaredError: number;
}

/** Two fits of the theory's single free parameter. */
export interface PriceFits {
  /** The price with the least squared error. */
  readonly fitted: PriceFit;
  /**
   * The price at which predicted capacities have the same sum as the measured ones (the nearest sum, if the prediction
   * jumps over it). It does not use the capacities of single features, so nothing is fitted to the relation under test.
   * Null if the measured sum is more than all features could take.
   */
  readonly budget: PriceFit | null;
}

/**
 * Fits the price of the quadratic model's rule to measured capacities. A common factor of all importances changes the
 * price by its square and leaves every prediction unchanged. O(N). The least-squares price is the global optimum: the
 * squared error is not convex in the price, so the fit searches every interval between two breakpoints (`fitRamps`).
 *
 * @param statistics importance and kurtosis per feature, and `capacity`, the measured capacities in [0, 1].
 * @returns the least-squares price and the price that matches the total capacity.
 * @throws RangeError if a statistic or capacity is out of range, or no feature gets capacity at any price.
 */
export function fitPrice(
  statistics: FeatureStatistics & { readonly capacity: ArrayLike<number> },
): PriceFits {
  const checked = checkStatistics(statistics);
  const measured = checkCapacities(statistics.capacity, checked.importance.length);
  const demand = demandOf(checked);
  return {
    fitted: leastSquaresPrice(checked, measured, demand),
    budget: totalMatchingPrice(checked, measured, demand),
  };
}

/** Copies measured capacities after checking them. @throws RangeError naming the feature. */
export function checkCapacities(values: ArrayLike<number>, features: number): Float64Array {
  const capacity = new Float64Array(values);
  checkLength('capacity', capacity, features);
  capacity.forEach((c, i) => {
    if (!(c >= 0 && c <= 1)) {
      throw new RangeError(`capacity: feature ${i} has ${c}; must lie in [0, 1]`);
    }
  });
  return capacity;
}

/** The capacity that features demand as u = 1 / lambda rises. Features that never demand any are left out. */
function demandOf({ importance, kurtosis }: CheckedStatistics): RampsAndSteps {
  const asks = indicesWhere(importance.length, (i) => importance[i] > 0 && kurtosis[i] > 1);
  if (asks.length === 0) {
    throw new RangeError(
      'importance: no feature has an importance above 0 and a kurtosis above 1, so the theory gives none of them capacity; give at least one such feature',
    );
  }
  const v = valuesAt(importance, asks);
  const k = valuesAt(kurtosis, asks);
  const ramps = makeRamps(v, k);
  const steps = makeSteps(v, k);
  return {
    ramps: { ...ramps, feature: ramps.feature.map((i) => asks[i]) },
    steps: { ...steps, feature: steps.feature.map((i) => asks[i]) },
  };
}

/** The price with the least squared error. */
export function leastSquaresPrice(
  statistics: CheckedStatistics,
  measured: Float64Array,
  demand: RampsAndSteps = demandOf(statistics),
): PriceFit {
  return priceFit(statistics, measured, fitRamps(demand, measured).u);
}

function totalMatchingPrice(
  statistics: CheckedStatistics,
  measured: Float64Array,
  { ramps, steps }: RampsAndSteps,
): PriceFit | null {
  let target = 0;
  for (const c of measured) target += c;
  if (target === 0) return priceFit(statistics, measured, 0);
  const most = ramps.end.length + steps.place.length;
  if (target > most) return null;
  const cross = crossing(ramps, steps.place, target);
  if (cross.below >= target)
    return priceFit(statistics, measured, insideSegment(ramps, steps.place, cross, target));
  // A feature that jumps at this point demands no capacity before it and a whole dimension after it.
  const isNearerBehind = cross.at - target < target - cross.below;
  return priceFit(statistics, measured, cross.u * (isNearerBehind ? 1 + 2 ** -40 : 1 - 2 ** -40));
}

function priceFit(statistics: CheckedStatistics, measured: Float64Array, u: number): PriceFit {
  const price = 2 / u / u;
  let total = 0;
  let squaredError = 0;
  capacitiesAtPrice(statistics, price).forEach((c, i) => {
    total += c;
    squaredError += (c - measured[i]) ** 2;
  });
  return { price, lambda: 1 / u, total, squaredError };
}
