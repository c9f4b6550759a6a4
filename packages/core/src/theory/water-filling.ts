/**
 * Features whose loss is convex in capacity, seen as ramps in u = 1 / lambda, where lambda = n / C is shared by
 * all partial features and price = 2 lambda^2: capacity is 0 up to `start`, then rises on a straight line of slope
 * `slope` to 1 at `end` (arXiv:2210.01892, equation 15). A feature of kurtosis 3 is a vertical ramp, start = end.
 */
export interface Ramps {
  /** Which feature of the problem each ramp is. */
  readonly feature: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly slope: Float64Array;
}

/** Rounding of a capacity near 0 or 1, which must not turn an ignored or full feature into a partial one. */
const NEGLIGIBLE = 1e-12;

/** The capacity that a ramp asks for at u; vertical ramps are full at their u, empty below. */
export function rampCapacity(ramps: Ramps, r: number, u: number): number {
  if (u >= ramps.end[r]) return 1;
  return u > ramps.start[r] ? Math.min(1, ramps.slope[r] * (u - ramps.start[r])) : 0;
}

/** Unit steps: where in u each concave feature takes a whole dimension. In any order. */
export type Steps = Float64Array;

/** So many terms are summed before they join the total: a sum of a million capacities then is exact to 1e-12. */
const BLOCK = 1024;

/** Total demand at u, and just below it, without what jumps there. */
export function demands(ramps: Ramps, steps: Steps, u: number): { at: number; below: number } {
  let below = 0;
  let block = 0;
  let jumps = 0;
  for (let r = 0; r < ramps.start.length; r++) {
    if (isVertical(ramps, r) && ramps.end[r] === u) jumps++;
    else block += rampCapacity(ramps, r, u);
    if (r % BLOCK === BLOCK - 1) {
      below += block;
      block = 0;
    }
  }
  below += block;
  for (let s = 0; s < steps.length; s++) {
    if (steps[s] < u) below++;
    else if (steps[s] === u) jumps++;
  }
  return { at: below + jumps, below };
}

/** How many steps stand below u, and at u. */
export function countSteps(steps: Steps, u: number): { below: number; at: number } {
  let [below, at] = [0, 0];
  for (let s = 0; s < steps.length; s++) {
    if (steps[s] < u) below++;
    else if (steps[s] === u) at++;
  }
  return { below, at };
}

/** True for a feature of kurtosis 3, whose marginal benefit is one number. */
export function isVertical(ramps: Ramps, r: number): boolean {
  return ramps.start[r] === ramps.end[r];
}

/**
 * Capacities of the ramps for a budget, given the u at which their demand meets it: partial ramps on their lines,
 * vertical ramps at u sharing evenly what is left. The last rounding error of the sum goes to the partial ramps in
 * proportion to their slopes, which keeps their marginal benefits equal; without that, capacities of features whose
 * kurtosis is close to 3, and whose ramps are steep, would not sum to the budget.
 */
export function fillRamps(ramps: Ramps, u: number, budget: number): Float64Array {
  if (budget < NEGLIGIBLE) return new Float64Array(ramps.start.length);
  const capacity = ramps.start.map((_, r) => rampCapacity(ramps, r, u));
  let level = 0;
  let slopes = 0;
  for (let r = 0; r < capacity.length; r++) {
    if (isVertical(ramps, r) && ramps.end[r] === u) level++;
    else if (capacity[r] > 0 && capacity[r] < 1) slopes += ramps.slope[r];
  }
  const missing = budget - demands(ramps, NO_STEPS, u).below;
  // What vertical ramps take leaves nothing missing, unless they are full or empty.
  const share = level > 0 ? snap(missing / level) : 0;
  const rest = missing - share * level;
  for (let r = 0; r < capacity.length; r++) {
    if (isVertical(ramps, r) && ramps.end[r] === u) capacity[r] = share;
    else if (capacity[r] > 0 && capacity[r] < 1)
      capacity[r] = snap(capacity[r] + (ramps.slope[r] * rest) / slopes);
  }
  return capacity;
}

/** For problems without concave features. */
export const NO_STEPS: Steps = new Float64Array(0);

function snap(capacity: number): number {
  return capacity < NEGLIGIBLE ? 0 : capacity > 1 - NEGLIGIBLE ? 1 : capacity;
}
