import { demands, rampCapacity, type Ramps, type Steps } from './water-filling.ts';

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

/** No more breakpoints than this are sorted to find the crossing among them. */
const FEW = 64;
/** So many breakpoints stand for all when the bracket is to be halved. */
const SAMPLE = 63;

/**
 * The smallest breakpoint (a start or end of a ramp, or a step) at which total demand reaches `target`, in O(N)
 * expected time: a bracket is narrowed at the median of some of the breakpoints inside it, and ramps and steps that
 * have none left inside are settled.
 *
 * @param target above 0, at most the number of ramps and steps.
 */
export function crossing(ramps: Ramps, steps: Steps, target: number): Crossing {
  const bracket = openBracket(ramps, steps);
  while (bracket.open() > FEW) {
    const u = middle(bracket.breakpoints(Math.ceil(bracket.open() / SAMPLE)));
    bracket.narrow(u, bracket.demandAt(u) >= target);
  }
  for (const u of bracket.breakpoints(1).toSorted((a, b) => a - b)) {
    const reached = bracket.demandAt(u) >= target;
    bracket.narrow(u, reached);
    if (reached) break;
  }
  const { low, high } = bracket.ends();
  return { u: high, previous: low, ...demands(ramps, steps, high) };
}

/** The u on a crossing's last segment where demand meets the target, if it does so before the jump at its end. */
export function insideSegment(ramps: Ramps, steps: Steps, cross: Crossing, target: number): number {
  let slope = 0;
  for (let r = 0; r < ramps.start.length; r++) {
    if (ramps.start[r] <= cross.previous && ramps.end[r] >= cross.u) slope += ramps.slope[r];
  }
  const missing = target - demands(ramps, steps, cross.previous).at;
  return slope > 0 ? Math.min(cross.u, cross.previous + missing / slope) : cross.u;
}

/** A stretch of u: at its low end demand does not reach the target, at its high end, a breakpoint, it does. */
interface Bracket {
  readonly ends: () => { low: number; high: number };
  /** How many ramps and steps have a breakpoint strictly inside. */
  readonly open: () => number;
  /** Breakpoints strictly inside, those of every `stride`-th open ramp and step. */
  readonly breakpoints: (stride: number) => number[];
  readonly demandAt: (u: number) => number;
  readonly narrow: (u: number, reached: boolean) => void;
}

function openBracket(ramps: Ramps, steps: Steps): Bracket {
  let low = 0;
  let high = 0;
  for (let r = 0; r < ramps.end.length; r++) high = Math.max(high, ramps.end[r]);
  for (let s = 0; s < steps.length; s++) high = Math.max(high, steps[s]);

  // The open ramps and steps are the first of each list.
  const rampList = new Int32Array(ramps.start.length).map((_, r) => r);
  const stepList = new Int32Array(steps.length).map((_, s) => s);
  let openRamps = rampList.length;
  let openSteps = stepList.length;
  // Settled demand: whole dimensions, and ramps that are partial all the way, by their sum at `low` and its slope.
  let whole = 0;
  let partial = 0;
  let slope = 0;

  const isInside = (u: number): boolean => u > low && u < high;
  const settle = (): void => {
    let kept = 0;
    for (let at = 0; at < openRamps; at++) {
      const r = rampList[at];
      if (isInside(ramps.start[r]) || isInside(ramps.end[r])) rampList[kept++] = r;
      else if (ramps.end[r] <= low) whole++;
      else if (ramps.start[r] <= low) {
        partial += rampCapacity(ramps, r, low);
        slope += ramps.slope[r];
      }
    }
    openRamps = kept;
    kept = 0;
    for (let at = 0; at < openSteps; at++) {
      const place = steps[stepList[at]];
      if (isInside(place)) stepList[kept++] = stepList[at];
      else if (place <= low) whole++;
    }
    openSteps = kept;
  };
  settle();

  return {
    ends: () => ({ low, high }),
    open: () => openRamps + openSteps,
    breakpoints: (stride) => {
      const found = new Set<number>();
      for (let at = 0; at < openRamps; at += stride) {
        found.add(ramps.start[rampList[at]]).add(ramps.end[rampList[at]]);
      }
      for (let at = 0; at < openSteps; at += stride) found.add(steps[stepList[at]]);
      return Array.from(found).filter(isInside);
    },
    demandAt: (u) => {
      let demand = 0;
      for (let at = 0; at < openRamps; at++) demand += rampCapacity(ramps, rampList[at], u);
      for (let at = 0; at < openSteps; at++) if (steps[stepList[at]] <= u) demand++;
      return whole + (partial + slope * (u - low)) + demand;
    },
    narrow: (u, reached) => {
      if (reached) high = u;
      else {
        partial += slope * (u - low);
        low = u;
      }
      settle();
    },
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
