import { featureLoss } from './quadratic.ts';
import type { CheckedProblem } from './quadratic-problem.ts';
import { crossing, insideSegment } from './crossing.ts';
import { fillRamps, NO_STEPS, rampCapacity, type Ramps } from './water-filling.ts';

/** Demand of a mixed problem: convex features as ramps, concave features as steps. */
export interface MixedDemand {
  readonly ramps: Ramps;
  /** Index of the feature of each step, and its position in u. */
  readonly stepFeature: Int32Array;
  readonly stepPlace: Float64Array;
}

/** The best allocation where the price falls on a step. */
export interface SplitStep {
  /** u = 1 / lambda of the partial features. */
  readonly u: number;
  /** Number of concave features that get a whole dimension, in order of falling benefit, without `feature`. */
  readonly fullSteps: number;
  /** Position in u of the last of these, and how many of the steps there are full. */
  readonly cut: { readonly place: number; readonly tied: number };
  /** The one concave feature that is partial, or -1. */
  readonly feature: number;
  /** Its capacity. */
  readonly capacity: number;
  /** Lagrangian lower bound on the loss of every allocation. */
  readonly bound: number;
  /** True if every candidate was compared, so that this is the global minimum. */
  readonly exhaustive: boolean;
}

/** A candidate allocation and its loss. */
interface Candidate extends Pick<SplitStep, 'u' | 'fullSteps' | 'feature' | 'capacity'> {
  readonly loss: number;
}

/** Constants of one search. */
interface Search {
  readonly problem: CheckedProblem;
  readonly demand: MixedDemand;
  /** Positions of all steps in u, ascending: falling benefit. */
  readonly steps: Float64Array;
  /** benefits[m] = l(0) - l(1), summed over the m concave features of largest benefit. */
  readonly benefits: Float64Array;
  /** Demand of the convex features at the price of the jump. */
  readonly convexBudget: number;
}

/**
 * Finds the global optimum of a mixed problem whose Lagrangian demand jumps over D on the step of a concave feature.
 *
 * Let B* be the demand of the convex features at the price of the jump. Trading one dimension between the convex features
 * and a whole concave one shows that at the optimum the convex features get a budget within 1 of B*. There are two cases.
 * Either no concave feature is partial, and there are two or three budgets to try. Or one is partial, and its marginal
 * benefit equals the price. On each linear piece of the convex demand that is one linear equation, and only pieces with a
 * smaller slope than that of the concave feature contain a minimum: elsewhere the trade has increasing returns.
 *
 * @param jump the u of the jump, and total demand just below it.
 * @param effort most pairs of a concave feature and a piece to try.
 */
export function resolveSplitStep(
  problem: CheckedProblem,
  demand: MixedDemand,
  jump: { readonly u: number; readonly below: number },
  effort: number,
): SplitStep {
  const { ramps } = demand;
  const steps = demand.stepPlace.toSorted();
  const fullBefore = steps.findLastIndex((place) => place < jump.u) + 1;
  const benefits = prefixBenefits(steps);
  const search = { problem, demand, steps, benefits, convexBudget: jump.below - fullBefore };

  const atJump = Float64Array.from(ramps.feature, (_, r) => rampCapacity(ramps, r, jump.u));
  const bound =
    rampLoss(problem, ramps, atJump) +
    (benefits[steps.length] - benefits[fullBefore]) -
    (problem.dims - jump.below) * (2 / (jump.u * jump.u));

  const { best, exhaustive } = bestPartial(search, bestWithoutPartial(search), effort);
  const { u, fullSteps, feature, capacity } = best;
  return { u, fullSteps, feature, capacity, cut: cutOf(demand, steps, best), bound, exhaustive };
}

/** The best allocation in which every concave feature is ignored or full. */
function bestWithoutPartial({ problem, demand, steps, benefits, convexBudget }: Search): Candidate {
  const { dims } = problem;
  const { ramps } = demand;
  let best: Candidate = { u: 0, fullSteps: 0, feature: -1, capacity: 0, loss: Infinity };
  const mostFull = Math.min(steps.length, dims, Math.ceil(dims - convexBudget + 1));
  for (let full = Math.max(0, Math.floor(dims - convexBudget - 1)); full <= mostFull; full++) {
    const budget = dims - full;
    if (budget < 0 || budget > ramps.feature.length) continue;
    const solved = solveRamps(ramps, budget);
    const loss =
      rampLoss(problem, ramps, fillRamps(ramps, solved, budget)) +
      benefits[steps.length] -
      benefits[full];
    if (loss >= best.loss) continue;
    // With no budget for the convex features the price is that of the last concave one.
    const u = budget > 0 ? solved : steps[full - 1];
    best = { u, fullSteps: full, feature: -1, capacity: 0, loss };
  }
  return best;
}

/** The best of a candidate and all allocations with one partial concave feature. */
function bestPartial(
  search: Search,
  start: Candidate,
  effort: number,
): { best: Candidate; exhaustive: boolean } {
  const { problem, demand, convexBudget } = search;
  const { ramps } = demand;
  const count = ramps.feature.length;
  const lowest = solveRamps(ramps, Math.max(0, convexBudget - 1));
  const highest = solveRamps(ramps, Math.min(count, convexBudget + 1));
  const pieces = listPieces(problem, ramps, lowest, highest);
  let leastSlope = Infinity;
  for (const piece of pieces) if (piece.slope > 0) leastSlope = Math.min(leastSlope, piece.slope);

  let best = start;
  let tried = 0;
  for (const feature of splittable(problem, demand, lowest, highest, leastSlope)) {
    const concave = concaveFeature(problem, feature);
    const { slope, empty, v } = concave;
    for (let p = firstPieceAfter(pieces, 1 / v); p < pieces.length && pieces[p].from < empty; p++) {
      if (++tried > effort) return { best, exhaustive: false };
      if (pieces[p].slope === 0 || pieces[p].slope >= slope) continue;
      best = bestOnPiece(search, pieces[p], concave, best);
    }
  }
  return { best, exhaustive: true };
}

/** A concave feature and its capacity as a function of u where it is partial: slope (empty - u). */
interface ConcaveFeature {
  readonly feature: number;
  readonly v: number;
  readonly k: number;
  readonly slope: number;
  /** The u at which its capacity reaches 0. */
  readonly empty: number;
  /** Position of its step in u. */
  readonly place: number;
  /** l(0) - l(1). */
  readonly benefit: number;
}

function concaveFeature({ importance, kurtosis }: CheckedProblem, feature: number): ConcaveFeature {
  const v = importance[feature];
  const k = kurtosis[feature];
  return {
    feature,
    v,
    k,
    slope: ((k - 1) * v) / (3 - k),
    empty: 2 / ((k - 1) * v),
    place: Math.SQRT2 / (v * Math.sqrt(k - 1)),
    benefit: v * v * (k - 1),
  };
}

/** The best of a candidate and the allocations in which the feature is partial at a u on the piece. */
function bestOnPiece(
  { problem, steps, benefits, convexBudget }: Search,
  piece: Piece,
  { feature, v, k, slope, empty, place, benefit }: ConcaveFeature,
  start: Candidate,
): Candidate {
  let best = start;
  const least = Math.max(0, Math.floor(convexBudget - 1));
  // The convex features and the partial one share a whole number of dimensions.
  for (let shared = least; shared <= convexBudget + 2; shared++) {
    const full = problem.dims - shared;
    if (full < 0 || full > steps.length - 1) continue;
    const u = (shared - piece.intercept - slope * empty) / (piece.slope - slope);
    if (!(u >= piece.from && u <= piece.to && u > 1 / v && u < empty)) continue;
    // The flatter of the two lines gives the capacity with less rounding, and the sum exactly.
    const capacity = shared - (piece.intercept + piece.slope * u);
    if (capacity <= 0 || capacity >= 1) continue;
    const amongFull = full > 0 && place <= steps[full - 1];
    const fullBenefit = amongFull ? benefits[full + 1] - benefit : benefits[full];
    const loss =
      piece.overU / u +
      piece.constant +
      (benefits[steps.length] - fullBenefit - benefit) +
      featureLoss(v, k, capacity);
    if (loss < best.loss) best = { u, fullSteps: full, feature, capacity, loss };
  }
  return best;
}

/** The cut of a candidate: its full steps are those of largest benefit, without its partial feature. */
function cutOf(
  { stepFeature, stepPlace }: MixedDemand,
  steps: Float64Array,
  { fullSteps, feature }: { readonly fullSteps: number; readonly feature: number },
): SplitStep['cut'] {
  if (fullSteps === 0) return { place: 0, tied: 0 };
  const own = feature < 0 ? Infinity : stepPlace[stepFeature.indexOf(feature)];
  const isAmongFull = own <= steps[fullSteps - 1];
  const place = steps[isAmongFull ? fullSteps : fullSteps - 1];
  const before = steps.findIndex((other) => other === place) - (own < place ? 1 : 0);
  return { place, tied: fullSteps - before };
}

/** The u at which the demand of the ramps equals a budget, from 0 to the number of ramps. */
function solveRamps(ramps: Ramps, budget: number): number {
  if (ramps.start.length === 0) return 0;
  const cross = crossing(ramps, NO_STEPS, budget);
  return cross.below >= budget ? insideSegment(ramps, NO_STEPS, cross, budget) : cross.u;
}

function prefixBenefits(steps: Float64Array): Float64Array {
  const sums = new Float64Array(steps.length + 1);
  for (let s = 0; s < steps.length; s++) {
    sums[s + 1] = sums[s] + (steps[s] === Infinity ? 0 : 2 / (steps[s] * steps[s]));
  }
  return sums;
}

function rampLoss(problem: CheckedProblem, ramps: Ramps, capacity: Float64Array): number {
  let loss = 0;
  ramps.feature.forEach((i, r) => {
    loss += featureLoss(problem.importance[i], problem.kurtosis[i], capacity[r]);
  });
  return loss;
}

/** An interval of u in which no convex feature changes phase: demand = intercept + slope u, loss = constant + overU / u. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly slope: number;
  readonly intercept: number;
  readonly constant: number;
  readonly overU: number;
}

/** The pieces between two values of u, ascending. */
function listPieces(
  problem: CheckedProblem,
  ramps: Ramps,
  lowest: number,
  highest: number,
): Piece[] {
  const partial = new Set<number>();
  let full = 0;
  let ignored = 0;
  const events: { u: number; r: number; ends: boolean }[] = [];
  for (let r = 0; r < ramps.start.length; r++) {
    if (ramps.end[r] <= lowest) {
      full++;
      continue;
    }
    if (ramps.start[r] <= lowest) partial.add(r);
    else {
      ignored += lossIfIgnored(problem, ramps.feature[r]);
      if (ramps.start[r] < highest) events.push({ u: ramps.start[r], r, ends: false });
    }
    if (ramps.end[r] < highest) events.push({ u: ramps.end[r], r, ends: true });
  }
  events.sort((a, b) => a.u - b.u || Number(a.ends) - Number(b.ends));

  const pieces: Piece[] = [];
  let line = sumLines(problem, ramps, partial);
  let from = lowest;
  const close = (to: number): void => {
    if (to > from) {
      const { slope, intercept, constant, overU } = line;
      pieces.push({
        from,
        to,
        slope,
        intercept: full + intercept,
        constant: ignored + constant,
        overU,
      });
    }
    from = to;
  };
  for (const { u, r, ends } of events) {
    close(u);
    if (!ends) {
      ignored -= lossIfIgnored(problem, ramps.feature[r]);
      partial.add(r);
      addLine(line, problem, ramps, r, 1);
      continue;
    }
    full++;
    partial.delete(r);
    // Subtracting a steep ramp would leave little but its rounding error: sum again instead.
    if (ramps.slope[r] > 100 * (line.slope - ramps.slope[r]))
      line = sumLines(problem, ramps, partial);
    else addLine(line, problem, ramps, r, -1);
  }
  close(highest);
  return pieces;
}

function lossIfIgnored({ importance, kurtosis }: CheckedProblem, feature: number): number {
  return featureLoss(importance[feature], kurtosis[feature], 0);
}

/** Sums of the linear functions of partial ramps; see {@link Piece}. */
interface Line {
  slope: number;
  intercept: number;
  constant: number;
  overU: number;
}

function sumLines(problem: CheckedProblem, ramps: Ramps, partial: Iterable<number>): Line {
  const line = { slope: 0, intercept: 0, constant: 0, overU: 0 };
  for (const r of partial) addLine(line, problem, ramps, r, 1);
  return line;
}

/** Adds or subtracts a partial ramp: C = slope (u - start), and l(C) = 2 v (1 - C) / u. */
function addLine(line: Line, problem: CheckedProblem, ramps: Ramps, r: number, sign: 1 | -1): void {
  const v = problem.importance[ramps.feature[r]];
  const slope = sign * ramps.slope[r];
  line.slope += slope;
  line.intercept -= slope * ramps.start[r];
  line.constant -= 2 * v * slope;
  line.overU += 2 * v * (sign + slope * ramps.start[r]);
}

/** Concave features that could be partial on some piece; of features with equal importance and kurtosis, one. */
function splittable(
  problem: CheckedProblem,
  demand: MixedDemand,
  lowest: number,
  highest: number,
  leastSlope: number,
): number[] {
  const { importance: v, kurtosis: k } = problem;
  const found: number[] = [];
  for (const i of demand.stepFeature) {
    const steepEnough = (k[i] - 1) * v[i] > leastSlope * (3 - k[i]);
    if (steepEnough && 1 / v[i] < highest && 2 / ((k[i] - 1) * v[i]) > lowest) found.push(i);
  }
  found.sort((i, j) => v[i] - v[j] || k[i] - k[j] || i - j);
  return found.filter((i, at) => {
    const other = found[at - 1];
    return at === 0 || v[i] !== v[other] || k[i] !== k[other];
  });
}

/** Index of the first piece that ends above u. */
function firstPieceAfter(pieces: readonly Piece[], u: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].to > u) high = middle;
    else low = middle + 1;
  }
  return low;
}
