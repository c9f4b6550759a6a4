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

/** Where the demand of ramps and steps, seen as a function of u, crosses a target. */
export interface Crossing {
  /** The breakpoint at which demand first reaches the target. */
  readonly u: number;
  /** The breakpoint before it; 0 if there is none. */
  readonly previous: number;
  /** Demand just below `u`. */
  readonly below: number;
  /** Demand at `u`, with everything that jumps there. */
  readonly at: number;
}

/** Rounding of a capacity near 0 or 1, which must not turn an ignored or full feature into a partial one. */
const NEGLIGIBLE = 1e-12;

/** The capacity that a ramp asks for at u; vertical ramps are full at their u, empty below. */
export function rampCapacity(ramps: Ramps, r: number, u: number): number {
  if (u >= ramps.end[r]) return 1;
  return u > ramps.start[r] ? Math.min(1, ramps.slope[r] * (u - ramps.start[r])) : 0;
}

/** All places where demand changes its slope or jumps, sorted. `steps` are sorted places of unit jumps. */
export function breakpoints(ramps: Ramps, steps: Float64Array): Float64Array {
  const count = ramps.start.length;
  const all = new Float64Array(2 * count + steps.length);
  all.set(ramps.start);
  all.set(ramps.end, count);
  all.set(steps, 2 * count);
  return all.toSorted();
}

/**
 * The smallest breakpoint at which total demand reaches `target`: binary search over the sorted breakpoints, one
 * pass over the ramps a probe, O(N log N) in all.
 */
export function crossing(
  ramps: Ramps,
  steps: Float64Array,
  sorted: Float64Array,
  target: number,
): Crossing {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (demandAt(ramps, steps, sorted[middle]) >= target) high = middle;
    else low = middle + 1;
  }
  const u = sorted[low];
  let before = low - 1;
  while (before >= 0 && sorted[before] === u) before--;
  return {
    u,
    previous: before < 0 ? 0 : sorted[before],
    below: demandBelow(ramps, steps, u),
    at: demandAt(ramps, steps, u),
  };
}

/** The u on a crossing's last segment where demand meets the target, if it does so before the jump at its end. */
export function insideSegment(
  ramps: Ramps,
  steps: Float64Array,
  cross: Crossing,
  target: number,
): number {
  let slope = 0;
  for (let r = 0; r < ramps.start.length; r++) {
    if (ramps.start[r] <= cross.previous && ramps.end[r] >= cross.u) slope += ramps.slope[r];
  }
  const missing = target - demandAt(ramps, steps, cross.previous);
  return slope > 0 ? Math.min(cross.u, cross.previous + missing / slope) : cross.u;
}

function demandAt(ramps: Ramps, steps: Float64Array, u: number): number {
  let demand = countUpTo(steps, u, true);
  for (let r = 0; r < ramps.start.length; r++) demand += rampCapacity(ramps, r, u);
  return demand;
}

function demandBelow(ramps: Ramps, steps: Float64Array, u: number): number {
  let demand = countUpTo(steps, u, false);
  for (let r = 0; r < ramps.start.length; r++) {
    if (!isVertical(ramps, r) || ramps.end[r] < u) demand += rampCapacity(ramps, r, u);
  }
  return demand;
}

/** True for a feature of kurtosis 3, whose marginal benefit is one number. */
export function isVertical(ramps: Ramps, r: number): boolean {
  return ramps.start[r] === ramps.end[r];
}

/** How many of the sorted places are below u, or at most u. */
export function countUpTo(sorted: Float64Array, u: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < u || (inclusive && sorted[middle] === u)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Capacities of the ramps for a budget, given the u at which their demand meets it: partial ramps on their lines,
 * vertical ramps at u sharing evenly what is left. The last rounding error of the sum goes to the partial ramps in
 * proportion to their slopes, which keeps their marginal benefits equal; without that, capacities of features whose
 * kurtosis is close to 3, and whose ramps are steep, would not sum to the budget.
 */
export function fillRamps(ramps: Ramps, u: number, budget: number): Float64Array {
  const count = ramps.start.length;
  const capacity = new Float64Array(count);
  const level: number[] = [];
  const partial: number[] = [];
  let sum = 0;
  let slopes = 0;
  for (let r = 0; r < count; r++) {
    if (isVertical(ramps, r) && ramps.end[r] === u) {
      level.push(r);
      continue;
    }
    const c = rampCapacity(ramps, r, u);
    capacity[r] = c;
    sum += c;
    if (c > 0 && c < 1) {
      partial.push(r);
      slopes += ramps.slope[r];
    }
  }
  if (level.length > 0) {
    const share = snap((budget - sum) / level.length);
    for (const r of level) capacity[r] = share;
    sum += share * level.length;
  }
  const missing = budget - sum;
  for (const r of partial) {
    capacity[r] = snap(capacity[r] + (ramps.slope[r] * missing) / slopes);
  }
  return capacity;
}

function snap(capacity: number): number {
  return capacity < NEGLIGIBLE ? 0 : capacity > 1 - NEGLIGIBLE ? 1 : capacity;
}
