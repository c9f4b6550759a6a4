import { demands, rampCapacity, type Ramps, type Steps } from './water-filling.ts';

/** Place u at which the total demand of ramps and steps reaches a target. */
export interface Crossing {
  /** The breakpoint at which demand first reaches the target. */
  readonly u: number;
  /** The breakpoint before it; 0 if there is none. */
  readonly previous: number;
  /** Demand just below `u`. */
  readonly below: number;
  /** Demand at `u`, including everything that jumps there. */
  readonly at: number;
}

/** Up to this many breakpoints are sorted and searched one by one. */
const SORTED_BREAKPOINTS = 64;
/** Breakpoints sampled to estimate the median of a bracket. */
const SAMPLED_BREAKPOINTS = 63;

/**
 * Finds the smallest breakpoint (start or end of a ramp, or a step) at which total demand reaches `target`, in O(N)
 * expected time. A bracket is narrowed at the median of a sample of its breakpoints; ramps and steps without a breakpoint
 * inside the bracket contribute a linear function, which is summed once.
 *
 * @param target total demand, from 0, which the first breakpoint reaches, to the number of ramps and steps.
 */
export function crossing(ramps: Ramps, steps: Steps, target: number): Crossing {
  const bracket = openBracket(ramps, steps);
  while (bracket.open() > SORTED_BREAKPOINTS) {
    const u = middle(bracket.breakpoints(Math.ceil(bracket.open() / SAMPLED_BREAKPOINTS)));
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

/** The u on the last segment before a crossing where demand equals the target; the crossing itself if demand jumps over it. */
export function insideSegment(ramps: Ramps, steps: Steps, cross: Crossing, target: number): number {
  let slope = 0;
  for (let r = 0; r < ramps.start.length; r++) {
    if (ramps.start[r] <= cross.previous && ramps.end[r] >= cross.u) slope += ramps.slope[r];
  }
  const missing = target - demands(ramps, steps, cross.previous).at;
  return slope > 0 ? Math.min(cross.u, cross.previous + missing / slope) : cross.u;
}

/** An interval of u. Demand is below the target at its low end, and not at its high end, which is a breakpoint. */
interface Bracket {
  readonly ends: () => { low: number; high: number };
  /** Number of open ramps and steps: those with a breakpoint strictly inside. */
  readonly open: () => number;
  /** Breakpoints strictly inside, of every `stride`-th open ramp and step. */
  readonly breakpoints: (stride: number) => number[];
  readonly demandAt: (u: number) => number;
  readonly narrow: (u: number, reached: boolean) => void;
}

// Longer than 60 lines, since its closures share the state of the bracket.
function openBracket(ramps: Ramps, steps: Steps): Bracket {
  let low = 0;
  let high = 0;
  for (let r = 0; r < ramps.end.length; r++) high = Math.max(high, ramps.end[r]);
  for (let s = 0; s < steps.length; s++) high = Math.max(high, steps[s]);

  // Each list begins with the open ramps or steps.
  const rampList = new Int32Array(ramps.start.length).map((_, r) => r);
  const stepList = new Int32Array(steps.length).map((_, s) => s);
  let openRamps = rampList.length;
  let openSteps = stepList.length;
  // Demand of all others: whole dimensions, and ramps that are partial throughout, as their sum at `low` and its slope.
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
