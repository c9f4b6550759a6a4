import { phases, type Allocation } from './allocation.ts';
import { crossing, insideSegment } from './crossing.ts';
import { makeRamps, makeSteps } from './quadratic-demand.ts';
import { checkProblem, type CheckedProblem, type QuadraticProblem } from './quadratic-problem.ts';
import { bestSquaredNorm, featureLoss } from './quadratic.ts';
import { resolveSplitStep, type MixedDemand, type SplitStep } from './split-step.ts';
import { countSteps, fillRamps, isVertical, type Ramps } from './water-filling.ts';

/** A remainder this near to an integer is an integer: the rounding of a sum of a million capacities. */
const INTEGER_TOLERANCE = 1e-9;

/** Options of {@link allocateQuadratic}. */
export interface AllocateOptions {
  /**
   * Most candidate allocations to compare where kurtoses below and above 3 are mixed and the price falls on a feature
   * below 3. If there are more, the best one found is returned with its `bound` and `gap`. Default 5e7.
   */
  readonly effort?: number;
}

/**
 * Allocates D dimensions optimally in the quadratic model: the global minimum of sum_i l_i(C_i) under 0 <= C_i <= 1 and
 * sum C_i = D, for any importances and kurtoses. O(N) expected time, O(N log N) where a mixed problem needs its candidates
 * compared.
 *
 * At a price 2 lambda^2 every feature demands some capacity. A feature of kurtosis above 3 demands a part [equation
 * 15]. One below 3 demands all or nothing; at most one of them is partial at an optimum, since moving capacity from one
 * to another would reduce the loss. One of kurtosis 3 accepts anything at its own price. The price at which total
 * demand equals D gives the optimum, unless it falls on the step of a feature below 3. Then the few candidates around
 * it are compared (`resolveSplitStep`).
 *
 * A feature of importance 0 saves no loss, l(C) = 0, and its best squared norm is 0, so it gets no capacity. If fewer than D
 * features have an importance above 0, each of these gets a whole dimension, the others stay unused, and the price is 0.
 *
 * Source: arXiv:2210.01892, equations 6-8 and 15-18. Mixed and per-feature kurtoses are an extension of the paper.
 *
 * @param problem importances, kurtoses and D.
 * @param options see {@link AllocateOptions}.
 * @returns capacities, squared norms, price and loss, with a proven lower bound on the loss.
 * @throws RangeError if the problem is invalid (see `checkProblem`), or the effort is not at least 0.
 * @example
 * ```js
 * import { allocateQuadratic } from 'polysem/theory';
 * const { capacity, phase, gap } = allocateQuadratic({ importance: [4, 1, 1], kurtosis: 9, dims: 2 });
 * capacity; // [1, 0.5, 0.5]
 * phase; // ['full', 'partial', 'partial']
 * gap; // 0
 * ```
 */
export function allocateQuadratic(
  problem: QuadraticProblem,
  options: AllocateOptions = {},
): Allocation {
  const checked = checkProblem(problem);
  const { effort = 5e7 } = options;
  if (!(effort >= 0)) throw new RangeError(`effort: must be at least 0, got ${effort}`);
  const isSome = checked.importance.some((v) => v === 0);
  return isSome ? allocateToPositive(checked, effort) : allocateChecked(checked, effort);
}

/** The allocation to the features of importance above 0; the others get nothing. */
function allocateToPositive(
  { importance, kurtosis, dims }: CheckedProblem,
  effort: number,
): Allocation {
  const positive = Array.from(importance.keys()).filter((i) => importance[i] > 0);
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(positive, (i) => values[i]);
  const used = Math.min(dims, positive.length);
  const found = allocateChecked(
    { importance: pick(importance), kurtosis: pick(kurtosis), dims: used },
    effort,
  );
  const spread = (values: Float64Array): Float64Array => {
    const all = new Float64Array(importance.length);
    positive.forEach((i, at) => {
      all[i] = values[at];
    });
    return all;
  };
  const capacity = spread(found.capacity);
  return {
    ...found,
    capacity,
    squaredNorm: spread(found.squaredNorm),
    phase: phases(capacity),
    price: used < dims ? 0 : found.price,
  };
}

/** The allocation to features of importance above 0. */
function allocateChecked(checked: CheckedProblem, effort: number): Allocation {
  // A power of two, so that scaling back is exact and squares of extreme importances stay finite.
  const scale = 2 ** Math.floor(Math.log2(checked.importance.reduce((a, b) => Math.max(a, b))));
  const scaled = { ...checked, importance: checked.importance.map((v) => v / scale) };
  const steps = makeSteps(scaled.importance, scaled.kurtosis);
  const demand: MixedDemand = {
    ramps: makeRamps(scaled.importance, scaled.kurtosis),
    stepFeature: steps.feature,
    stepPlace: steps.place,
  };
  const level = findLevel(scaled, demand, effort);
  const { capacity, degenerate } = capacitiesAt(scaled, demand, level);

  const loss = totalLoss(checked, capacity);
  const { split, u } = level;
  const bound =
    split === null || split.exhaustive ? loss : Math.min(loss, split.bound * scale * scale);
  return {
    capacity,
    squaredNorm: capacity.map((c, i) =>
      bestSquaredNorm(checked.importance[i], checked.kurtosis[i], c),
    ),
    price: u === Infinity ? 0 : 2 * (scale / u) ** 2,
    loss,
    phase: phases(capacity),
    degenerate,
    bound,
    gap: loss === 0 ? 0 : (loss - bound) / loss,
  };
}

/** The price of an optimum, as u = 1 / lambda, and how features that jump at it are divided. */
interface Level {
  readonly u: number;
  /** The breakpoint at which total demand crosses D; `u` unless the level is below it or a step is split. */
  readonly crossing: number;
  /** Concave features that get a whole dimension. */
  readonly fullSteps: number;
  /** Concave features whose step lies before the crossing, and those whose step lies on it; none if the level is below it. */
  readonly stepsBefore: number;
  readonly tiedSteps: number;
  /** Features of kurtosis 3 that jump at the crossing; none if the level is below it. */
  readonly tiedRamps: number;
  /** The best allocation around a step, if the price falls on one; otherwise null. */
  readonly split: SplitStep | null;
}

function findLevel(problem: CheckedProblem, demand: MixedDemand, effort: number): Level {
  const { dims } = problem;
  const { ramps, stepPlace } = demand;
  const cross = crossing(ramps, stepPlace, dims);
  const remainder = dims - cross.below;
  const { below: stepsBefore, at: tiedSteps } = countSteps(stepPlace, cross.u);
  const tiedRamps = countVerticalAt(ramps, cross.u);
  const level = { crossing: cross.u, stepsBefore, tiedSteps, tiedRamps };
  if (remainder <= INTEGER_TOLERANCE) {
    const u = insideSegment(ramps, stepPlace, cross, dims);
    return { ...level, tiedSteps: 0, tiedRamps: 0, u, fullSteps: stepsBefore, split: null };
  }
  const whole = Math.min(tiedSteps, Math.floor(remainder + INTEGER_TOLERANCE));
  if (remainder - whole > INTEGER_TOLERANCE && tiedRamps === 0) {
    const split = resolveSplitStep(problem, demand, cross, effort);
    return { ...level, u: split.u, fullSteps: split.fullSteps, split };
  }
  return { ...level, u: cross.u, fullSteps: stepsBefore + whole, split: null };
}

function capacitiesAt(
  { importance, kurtosis, dims }: CheckedProblem,
  { ramps, stepFeature, stepPlace }: MixedDemand,
  level: Level,
): { capacity: Float64Array; degenerate: boolean } {
  const { split, u, fullSteps } = level;
  const capacity = new Float64Array(importance.length);
  const cut = split?.cut ?? { place: level.crossing, tied: fullSteps - level.stepsBefore };
  const partial = split?.feature ?? -1;
  const filled = fillSteps(capacity, stepFeature, stepPlace, cut, partial);
  const partialCapacity = split !== null && partial >= 0 ? split.capacity : 0;
  if (partial >= 0) capacity[partial] = partialCapacity;
  const onRamps = fillRamps(ramps, u, dims - fullSteps - partialCapacity);
  ramps.feature.forEach((i, r) => {
    capacity[i] = onRamps[r];
  });
  const share = shareOfVertical(ramps, onRamps, u);
  return {
    capacity,
    degenerate:
      split === null
        ? isDivided(level, share)
        : filled.tie || (partial >= 0 && hasTwin(partial, stepFeature, importance, kurtosis)),
  };
}

/**
 * True if features that jump at the crossing could be served otherwise: some steps but not all are full, several features of
 * kurtosis 3 are partial, or one step and a whole dimension of these features can change places.
 */
function isDivided(
  { fullSteps, stepsBefore, tiedSteps, tiedRamps }: Level,
  share: number,
): boolean {
  const full = fullSteps - stepsBefore;
  const held = tiedRamps * share;
  return (
    (full > 0 && full < tiedSteps) ||
    (tiedRamps > 1 && share > 0 && share < 1) ||
    (full > 0 && tiedRamps - held >= 1)
  );
}

/**
 * Gives a whole dimension to each step before the cut, and to the first `cut.tied` steps on it, in order of index. One
 * feature is excluded. There is a tie if other steps on the cut get nothing.
 */
function fillSteps(
  capacity: Float64Array,
  stepFeature: Int32Array,
  stepPlace: Float64Array,
  cut: { readonly place: number; readonly tied: number },
  excluded: number,
): { tie: boolean } {
  let given = 0;
  let passedOver = 0;
  for (let s = 0; s < stepFeature.length; s++) {
    if (stepFeature[s] === excluded || stepPlace[s] > cut.place) continue;
    if (stepPlace[s] < cut.place) capacity[stepFeature[s]] = 1;
    else if (given < cut.tied) {
      capacity[stepFeature[s]] = 1;
      given++;
    } else passedOver++;
  }
  return { tie: given > 0 && passedOver > 0 };
}

function countVerticalAt(ramps: Ramps, u: number): number {
  let count = 0;
  for (let r = 0; r < ramps.end.length; r++)
    if (isVertical(ramps, r) && ramps.end[r] === u) count++;
  return count;
}

/** The capacity that each vertical ramp at u received; 0 if there is none. */
function shareOfVertical(ramps: Ramps, onRamps: Float64Array, u: number): number {
  for (let r = 0; r < ramps.end.length; r++)
    if (isVertical(ramps, r) && ramps.end[r] === u) return onRamps[r];
  return 0;
}

function hasTwin(
  feature: number,
  stepFeature: Int32Array,
  importance: Float64Array,
  kurtosis: Float64Array,
): boolean {
  return stepFeature.some(
    (i) =>
      i !== feature && importance[i] === importance[feature] && kurtosis[i] === kurtosis[feature],
  );
}

function totalLoss(problem: CheckedProblem, capacity: Float64Array): number {
  let loss = 0;
  for (let i = 0; i < capacity.length; i++) {
    loss += featureLoss(problem.importance[i], problem.kurtosis[i], capacity[i]);
  }
  return loss;
}
