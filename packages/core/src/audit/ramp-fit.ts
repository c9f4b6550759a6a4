import { rampCapacity, type Ramps } from '../theory/water-filling.ts';
import { ascendingOrder } from './order.ts';

/** Predictions that rise with one parameter u: on ramps, or by a step from 0 to 1 behind a place. */
export interface Rising {
  readonly ramps: Ramps;
  readonly steps: { readonly feature: Int32Array; readonly place: Float64Array };
}

/** The parameter that fits best, and the sum of squared differences that it leaves. */
export interface RampFit {
  /** 0 where nothing fits better than 0 for every feature. */
  readonly u: number;
  readonly squaredError: number;
}

/** A stretch between breakpoints and the best u on it, as the sweep found them. */
interface Candidate {
  readonly low: number;
  readonly high: number;
  readonly u: number;
  readonly squaredError: number;
}

/** So many of the best stretches are looked at again, without the rounding that the sweep gathers. */
const LOOKED_AT_AGAIN = 4;
/** The sweep's sums are made afresh once u has grown by this factor: ramps of unlike slopes then never share a sum. */
const REFRESH = 16;
/** A u behind a step is this much larger than the step's place, relative to it. */
const BEHIND = 1 + 2 ** -40;
/** A u before a step likewise. */
const BEFORE = 1 - 2 ** -40;

/**
 * The u for which sum_i (c_i(u) - m_i)^2 is least, over all u: the sum is a parabola between breakpoints and not convex
 * as a whole, so each of its pieces is looked at in one sweep. O(N), sorting included.
 *
 * @param measured m_i, by feature; features on no ramp and no step are 0 at every u and left out.
 */
export function fitRising({ ramps, steps }: Rising, measured: Float64Array): RampFit {
  const candidates = sweep({ ramps, steps }, measured);
  let best: RampFit = { u: 0, squaredError: Infinity };
  for (const { low, high, u: rough } of candidates) {
    const u = polished(ramps, measured, low, high, rough);
    const squaredError = squaredErrorAt({ ramps, steps }, measured, u);
    if (squaredError < best.squaredError) best = { u, squaredError };
  }
  return best;
}

/** sum_i (c_i(u) - m_i)^2 over the features on ramps and steps. */
export function squaredErrorAt(
  { ramps, steps }: Rising,
  measured: Float64Array,
  u: number,
): number {
  let sum = 0;
  for (let r = 0; r < ramps.end.length; r++) {
    const vertical = ramps.start[r] === ramps.end[r];
    const c = vertical ? (u > ramps.end[r] ? 1 : 0) : rampCapacity(ramps, r, u);
    sum += (c - measured[ramps.feature[r]]) ** 2;
  }
  for (let s = 0; s < steps.place.length; s++) {
    sum += ((u > steps.place[s] ? 1 : 0) - measured[steps.feature[s]]) ** 2;
  }
  return sum;
}

/** The best stretches, best first. */
function sweep({ ramps, steps }: Rising, measured: Float64Array): Candidate[] {
  const count = ramps.end.length;
  const places = new Float64Array(2 * count + steps.place.length);
  places.set(ramps.start);
  places.set(ramps.end, count);
  places.set(steps.place, 2 * count);
  const order = ascendingOrder(places);

  const best: Candidate[] = [];
  // Compared first and made then: there are as many stretches as breakpoints.
  let worst = Infinity;
  const offer = (candidate: Candidate): void => {
    const at = best.findIndex(({ squaredError }) => squaredError > candidate.squaredError);
    best.splice(at < 0 ? best.length : at, 0, candidate);
    if (best.length > LOOKED_AT_AGAIN) best.pop();
    if (best.length === LOOKED_AT_AGAIN) worst = best[best.length - 1].squaredError;
  };

  // From u on, the sum is error + 2 slope (u' - u) + curvature (u' - u)^2 up to the next breakpoint.
  let u = 0;
  let error = squaredErrorAt({ ramps, steps }, measured, 0);
  let slope = 0;
  let curvature = 0;
  let active = 0;
  let fresh = 0;
  let stepped = false;
  const offerStretch = (low: number, end: number): void => {
    // A step at the end is not taken yet, which rounding of the price must not undo.
    const high = Math.max(low, end * BEFORE);
    const move = active === 0 ? 0 : Math.max(0, Math.min(high - low, -slope / curvature));
    const squaredError = error + move * (2 * slope + move * curvature);
    if (squaredError >= worst) return;
    const start = stepped ? Math.min(high, low * BEHIND) : low;
    // Where nothing moves any u will do: the middle, since prices are ratios.
    const middle = low > 0 ? Math.sqrt(low) * Math.sqrt(high) : high / 2;
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
        [error, slope, curvature] = sumsAt({ ramps, steps }, measured, u);
        fresh = u;
      }
      offerStretch(u, place);
      const move = place - u;
      error += move * (2 * slope + move * curvature);
      slope += move * curvature;
      u = place;
      stepped = false;
    }
    if (event >= 2 * count) {
      error += 1 - 2 * measured[steps.feature[event - 2 * count]];
      stepped = true;
      continue;
    }
    const r = event < count ? event : event - count;
    const m = measured[ramps.feature[r]];
    if (ramps.start[r] === ramps.end[r]) {
      // A vertical ramp has two breakpoints at one place: it jumps once.
      if (event < count) error += 1 - 2 * m;
      stepped = true;
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
  const end = u * BEHIND;
  if (error < worst) offer({ low: end, high: end, u: end, squaredError: error });
  return best;
}

/** Error, half its slope and its curvature behind u, from all features. */
function sumsAt(rising: Rising, measured: Float64Array, u: number): [number, number, number] {
  const { ramps, steps } = rising;
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

/** The lowest point of the parabola of a stretch, from sums over the ramps that are partial on all of it. */
function polished(
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
