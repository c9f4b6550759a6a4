import { PHASE_TOLERANCE } from './phase-tolerance.ts';

/**
 * Demand of features whose loss is convex in capacity, as ramps in u = 1 / lambda. All partial features share
 * lambda = n / C, and price = 2 lambda^2. The capacity of a feature is 0 up to `start` and rises linearly with slope `slope`
 * to 1 at `end` (arXiv:2210.01892, equation 15). A feature of kurtosis 3 is a vertical ramp, start = end.
 */
export interface Ramps {
  /** Index of the feature of each ramp. */
  readonly feature: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly slope: Float64Array;
}

/** Capacity that a ramp demands at u. A vertical ramp demands 1 from its u on, 0 below. */
export function rampCapacity(ramps: Ramps, r: number, u: number): number {
  if (u >= ramps.end[r]) return 1;
  return u > ramps.start[r] ? Math.min(1, ramps.slope[r] * (u - ramps.start[r])) : 0;
}

/** The u from which each concave feature demands a whole dimension, in any order. */
export type Steps = Float64Array;

/** Terms per partial sum: with partial sums, a sum of a million capacities is exact to 1e-12. */
const PARTIAL_SUM = 1024;

/** Total demand at u, and just below u, without the jumps at u. */
export function demands(ramps: Ramps, steps: Steps, u: number): { at: number; below: number } {
  let below = 0;
  let partialSum = 0;
  let jumps = 0;
  for (let r = 0; r < ramps.start.length; r++) {
    if (isVertical(ramps, r) && ramps.end[r] === u) jumps++;
    else partialSum += rampCapacity(ramps, r, u);
    if (r % PARTIAL_SUM === PARTIAL_SUM - 1) {
      below += partialSum;
      partialSum = 0;
    }
  }
  below += partialSum;
  for (let s = 0; s < steps.length; s++) {
    if (steps[s] < u) below++;
    else if (steps[s] === u) jumps++;
  }
  return { at: below + jumps, below };
}

/** Number of steps below u, and at u. */
export function countSteps(steps: Steps, u: number): { below: number; at: number } {
  let [below, at] = [0, 0];
  for (let s = 0; s < steps.length; s++) {
    if (steps[s] < u) below++;
    else if (steps[s] === u) at++;
  }
  return { below, at };
}

/** True for a feature of kurtosis 3, whose marginal benefit does not depend on its capacity. */
export function isVertical(ramps: Ramps, r: number): boolean {
  return ramps.start[r] === ramps.end[r];
}

/**
 * Capacities of the ramps for a budget, given the u at which their demand equals it. Partial ramps get what they demand;
 * vertical ramps at u share the rest evenly. The rounding error of the sum is distributed over the partial ramps in
 * proportion to their slopes, which keeps their marginal benefits equal. Without that, capacities of features of kurtosis
 * close to 3, whose ramps are steep, would not sum to the budget.
 */
export function fillRamps(ramps: Ramps, u: number, budget: number): Float64Array {
  if (budget < PHASE_TOLERANCE.computed) return new Float64Array(ramps.start.length);
  const capacity = ramps.start.map((_, r) => rampCapacity(ramps, r, u));
  let level = 0;
  let slopes = 0;
  for (let r = 0; r < capacity.length; r++) {
    if (isVertical(ramps, r) && ramps.end[r] === u) level++;
    else if (capacity[r] > 0 && capacity[r] < 1) slopes += ramps.slope[r];
  }
  const missing = budget - demands(ramps, NO_STEPS, u).below;
  // Vertical ramps take everything that is missing, unless they are full or empty.
  const share = level > 0 ? snap(missing / level) : 0;
  const rest = missing - share * level;
  for (let r = 0; r < capacity.length; r++) {
    if (isVertical(ramps, r) && ramps.end[r] === u) capacity[r] = share;
    else if (capacity[r] > 0 && capacity[r] < 1)
      capacity[r] = snap(capacity[r] + (ramps.slope[r] * rest) / slopes);
  }
  return capacity;
}

/** The steps of a problem without concave features. */
export const NO_STEPS: Steps = new Float64Array(0);

/** Removes rounding errors that would turn an ignored or full feature into a partial one. */
function snap(capacity: number): number {
  const { computed } = PHASE_TOLERANCE;
  return capacity < computed ? 0 : capacity > 1 - computed ? 1 : capacity;
}
