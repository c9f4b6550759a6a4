import { rampCapacity, type Ramps } from '../theory/water-filling.ts';
import { ascendingOrder } from './ranks.ts';

/** Predictions that rise with a parameter u: along a ramp, or by a step from 0 to 1 just after a point. */
export interface RampsAndSteps {
  readonly ramps: Ramps;
  readonly steps: { readonly feature: Int32Array; readonly place: Float64Array };
}

/** The best value of the parameter, and the sum of squared differences at it. */
export interface RampFit {
  /** 0 if no u fits better than capacity 0 for every feature. */
  readonly u: number;
  readonly squaredError: number;
}

/** An interval between breakpoints and the best u in it, as the sweep found them. */
interface Candidate {
  readonly low: number;
  readonly high: number;
  readonly u: number;
  readonly squaredError: number;
}

/** Number of best intervals whose error is computed again, without the rounding that the sweep accumulates. */
const RECOMPUTED = 4;
/** Factor in u after which the sweep sums everything again, so that ramps of very different slopes never share a sum. */
const REFRESH = 16;
/** Relative distance of a u just after a step from the step. */
const JUST_AFTER = 1 + 2 ** -40;
/** Relative distance of a u just before a step. */
const JUST_BEFORE = 1 - 2 ** -40;

/**
 * The u that minimises sum_i (c_i(u) - m_i)^2 globally. The sum is a parabola between breakpoints but not convex overall,
 * so one sweep visits every piece. O(N), sorting included.
 *
 * @param measured m_i, per feature. Features on no ramp and no step are 0 at every u and are ignored.
 */
export function fitRamps({ ramps, steps }: RampsAndSteps, measured: Float64Array): RampFit {
  const fits = sweep({ ramps, steps }, measured).map(({ low, high, u: rough }) => {
    const u = refineMinimum(ramps, measured, low, high, rough);
    return { u, squaredError: squaredErrorAt({ ramps, steps }, measured, u) };
  });
  return fits.reduce((best, fit) => (fit.squaredError < best.squaredError ? fit : best));
}

/** sum_i (c_i(u) - m_i)^2 over the features on ramps and steps. */
function squaredErrorAt(
  { ramps, steps }: RampsAndSteps,
  measured: Float64Array,
  u: number,
): number {
  let sum = 0;
  for (let r = 0; r < ramps.end.length; r++) {
    const isVertical = ramps.start[r] === ramps.end[r];
    const c = isVertical ? (u > ramps.end[r] ? 1 : 0) : rampCapacity(ramps, r, u);
    sum += (c - measured[ramps.feature[r]]) ** 2;
  }
  for (let s = 0; s < steps.place.length; s++) {
    sum += ((u > steps.place[s] ? 1 : 0) - measured[steps.feature[s]]) ** 2;
  }
  return sum;
}

/** The best intervals, best first. */
// Long because every branch of the loop updates the same six running sums.
function sweep({ ramps, steps }: RampsAndSteps, measured: Float64Array): Candidate[] {
  const count = ramps.end.length;
  const places = new Float64Array(2 * count + steps.place.length);
  places.set(ramps.start);
  places.set(ramps.end, count);
  places.set(steps.place, 2 * count);
  const order = ascendingOrder(places);

  const best: Candidate[] = [];
  // Candidates are compared before they are made: there are as many intervals as breakpoints.
  let worst = Infinity;
  const offer = (candidate: Candidate): void => {
    const at = best.findIndex(({ squaredError }) => squaredError > candidate.squaredError);
    best.splice(at < 0 ? best.length : at, 0, candidate);
    if (best.length > RECOMPUTED) best.pop();
    if (best.length === RECOMPUTED) worst = best[best.length - 1].squaredError;
  };

  // From u to the next breakpoint the sum at u' is error + 2 slope (u' - u) + curvature (u' - u)^2.
  let u = 0;
  let error = squaredErrorAt({ ramps, steps }, measured, 0);
  let [slope, curvature] = [0, 0];
  let active = 0;
  let fresh = 0;
  let hasStepped = false;
  const offerStretch = (low: number, end: number): void => {
    // Stops short of a step at the end, by more than the rounding of the price.
    const high = Math.max(low, end * JUST_BEFORE);
    const move = active === 0 ? 0 : Math.max(0, Math.min(high - low, -slope / curvature));
    const squaredError = error + move * (2 * slope + move * curvature);
    if (squaredError >= worst) return;
    const start = hasStepped ? Math.min(high, low * JUST_AFTER) : low;
    // With no active ramp any u fits equally well: take the geometric middle, since prices are ratios.
    const middle = Math.sqrt(low) * Math.sqrt(high);
    const lowest =
      active === 0 ? Math.min(high, Math.max(start, middle)) : Math.max(start, low + move);
    offer({ low: start, high, u: lowest, squaredError });
  };
  offer({ low: 0, high: 0, u: 0, squaredError: error });
  for (let at = 0; at < order.length; at++) {
    const event = order[at];
    const place = places[event];
    if (place > u) {
      if (u > REFRESH * fresh) {
        [error, slope, curvature] = errorTermsAt({ ramps, steps }, measured, u);
        fresh = u;
      }
      offerStretch(u, place);
      const move = place - u;
      error += move * (2 * slope + move * curvature);
      slope += move * curvature;
      u = place;
      hasStepped = false;
    }
    if (event >= 2 * count) {
      error += 1 - 2 * measured[steps.feature[event - 2 * count]];
      hasStepped = true;
      continue;
    }
    const r = event % count;
    const m = measured[ramps.feature[r]];
    if (ramps.start[r] === ramps.end[r]) {
      // Both breakpoints of a vertical ramp are at one point, where it jumps once.
      if (event < count) error += 1 - 2 * m;
      hasStepped = true;
    } else if (event < count) {
      slope += ramps.slope[r] * (0 - m);
      curvature += ramps.slope[r] ** 2;
      active++;
    } else {
      slope -= ramps.slope[r] * (1 - m);
      curvature -= ramps.slope[r] ** 2;
      active--;
      if (active === 0) [slope, curvature] = [0, 0];
    }
  }
  const end = u * JUST_AFTER;
  if (error < worst) offer({ low: end, high: end, u: end, squaredError: error });
  return best;
}

/** Squared error, half its slope and its curvature just after u, from all features. */
function errorTermsAt(
  { ramps, steps }: RampsAndSteps,
  measured: Float64Array,
  u: number,
): [number, number, number] {
  let error = 0;
  let slope = 0;
  let curvature = 0;
  for (let r = 0; r < ramps.end.length; r++) {
    const m = measured[ramps.feature[r]];
    if (ramps.end[r] <= u) error += (1 - m) ** 2;
    else if (ramps.start[r] > u) error += m * m;
    else {
      const off = ramps.slope[r] * (u - ramps.start[r]) - m;
      error += off * off;
      slope += ramps.slope[r] * off;
      curvature += ramps.slope[r] ** 2;
    }
  }
  for (let s = 0; s < steps.place.length; s++) {
    error += ((steps.place[s] <= u ? 1 : 0) - measured[steps.feature[s]]) ** 2;
  }
  return [error, slope, curvature];
}

/** The minimum of an interval's parabola, from sums over the ramps that are partial on all of it. */
function refineMinimum(
  ramps: Ramps,
  measured: Float64Array,
  low: number,
  high: number,
  u: number,
): number {
  let slope = 0;
  let curvature = 0;
  for (let r = 0; r < ramps.end.length; r++) {
    if (ramps.start[r] > low || ramps.end[r] < high || ramps.start[r] === ramps.end[r]) continue;
    const off = ramps.slope[r] * (u - ramps.start[r]) - measured[ramps.feature[r]];
    slope += ramps.slope[r] * off;
    curvature += ramps.slope[r] ** 2;
  }
  return curvature > 0 ? Math.max(low, Math.min(high, u - slope / curvature)) : u;
}
