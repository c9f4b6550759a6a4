import { crossing, insideSegment } from '../theory/crossing.ts';
import { makeRamps, makeSteps } from '../theory/quadratic-demand.ts';
import { indicesWhere, picked } from './pick.ts';
import { fitRising, type Rising } from './ramp-fit.ts';
import {
  checkLength,
  checkStatistics,
  type CheckedStatistics,
  type FeatureStatistics,
} from './statistics.ts';
import { capacitiesAtPrice } from './predict.ts';

/** A price, and what the rule predicts at it. */
export interface PriceFit {
  /** The marginal benefit 2 lambda^2; Infinity where nothing is predicted to be represented. */
  readonly price: number;
  /** lambda = n / C of all partial features, in the unit of the importances. */
  readonly lambda: number;
  /** sum of the predicted capacities. */
  readonly total: number;
  /** sum_i (C_i - measured_i)^2. */
  readonly squaredError: number;
}

/** The one free number of the theory, fitted in two ways. */
export interface PriceFits {
  /** The price of the least squared error, of all prices. */
  readonly fitted: PriceFit;
  /**
   * The price at which predicted capacities sum to the measured ones, or come nearest to it where they jump over it. It
   * looks at no feature's own capacity, so that nothing is fitted to the relation under test. Null if the measured sum
   * is more than all features could take.
   */
  readonly budget: PriceFit | null;
}

/**
 * Fits the price of the quadratic model's rule to measured capacities. A common factor of all importances changes the
 * price by its square and no prediction. O(N), and the best of all prices: the squared error is not convex in the price, so
 * every stretch between two breakpoints is looked at (`fitRising`).
 *
 * @param capacity the measured capacities, in [0, 1].
 * @throws RangeError if a statistic or a capacity is none, or no feature could be represented at any price.
 */
export function fitPrice(
  statistics: FeatureStatistics & { readonly capacity: ArrayLike<number> },
): PriceFits {
  const checked = checkStatistics(statistics);
  const measured = checkCapacities(statistics.capacity, checked.importance.length);
  const rising = risingOf(checked);
  return {
    fitted: leastSquares(checked, measured, rising),
    budget: matchingSum(checked, measured, rising),
  };
}

/** Measured capacities, checked. @throws RangeError naming the feature. */
export function checkCapacities(values: ArrayLike<number>, features: number): Float64Array {
  const capacity = new Float64Array(values);
  checkLength('capacity', capacity, features);
  capacity.forEach((c, i) => {
    if (!(c >= 0 && c <= 1)) {
      throw new RangeError(`capacity: feature ${i} has ${c}; a capacity lies in [0, 1]`);
    }
  });
  return capacity;
}

/** What the features ask for as u = 1 / lambda rises: those that never ask are left out. */
export function risingOf({ importance, kurtosis }: CheckedStatistics): Rising {
  const asks = indicesWhere(importance.length, (i) => importance[i] > 0 && kurtosis[i] > 1);
  if (asks.length === 0) {
    throw new RangeError(
      'importance: no feature has an importance above 0 and a kurtosis above 1; the theory gives none of them any capacity',
    );
  }
  const v = picked(importance, asks);
  const k = picked(kurtosis, asks);
  const ramps = makeRamps(v, k);
  const steps = makeSteps(v, k);
  return {
    ramps: { ...ramps, feature: ramps.feature.map((i) => asks[i]) },
    steps: { ...steps, feature: steps.feature.map((i) => asks[i]) },
  };
}

/** The price of the least squared error. */
export function leastSquares(
  statistics: CheckedStatistics,
  measured: Float64Array,
  rising: Rising = risingOf(statistics),
): PriceFit {
  return priceFit(statistics, measured, fitRising(rising, measured).u);
}

function matchingSum(
  statistics: CheckedStatistics,
  measured: Float64Array,
  { ramps, steps }: Rising,
): PriceFit | null {
  let target = 0;
  for (const c of measured) target += c;
  if (target === 0) return priceFit(statistics, measured, 0);
  const most = ramps.end.length + steps.place.length;
  if (target > most) return null;
  const cross = crossing(ramps, steps.place, target);
  if (cross.below >= target)
    return priceFit(statistics, measured, insideSegment(ramps, steps.place, cross, target));
  // What jumps there asks for nothing before the place, and for all of it behind.
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
