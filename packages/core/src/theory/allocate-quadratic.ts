import { phases, type Allocation } from './allocation.ts';
import { bestSquaredNorm, featureLoss } from './quadratic.ts';
import { makeRamps, makeSteps } from './quadratic-demand.ts';
import { checkProblem, type CheckedProblem, type QuadraticProblem } from './quadratic-problem.ts';
import { resolveSplitStep, type SplitStep } from './split-step.ts';
import { crossing, insideSegment } from './crossing.ts';
import { countSteps, fillRamps, isVertical, type Ramps } from './water-filling.ts';

/** How far from an integer a remainder may be and still be one: rounding of a sum of a million capacities. */
const INTEGER_SLACK = 1e-9;

/** Options of {@link allocateQuadratic}. */
export interface AllocateOptions {
  /**
   * How many candidate allocations may be looked at where features of kurtosis below and above 3 are mixed and the
   * optimum splits one of the former. Beyond it the best found is returned with its `bound` and `gap`.
   */
  readonly effort?: number;
}

/**
 * The optimal allocation of D dimensions in the quadratic model: the global minimum of sum_i l_i(C_i) under
 * 0 <= C_i <= 1, sum C_i = D, for any importances and any kurtoses, in O(N) expected time (O(N log N) where a
 * mixed problem needs its candidates compared).
 *
 * At a price 2 lambda^2 every feature has a demand: one of kurtosis above 3 takes a part (equation 15), one below 3
 * takes all or nothing (at most one of them is partial at an optimum, since two could trade with profit), one of 3
 * takes anything at its own price. The price at which demand meets D gives the optimum, unless it falls on the step
 * of a feature below 3: then the few candidates around it are compared (`resolveSplitStep`).
 *
 * Source: arXiv:2210.01892, equations 6-8 and 15-18; mixed and per-feature kurtosis are this project's.
 *
 * @throws RangeError if the problem is malformed (see `checkProblem`).
 */
export function allocateQuadratic(
  problem: QuadraticProblem,
  options: AllocateOptions = {},
): Allocation {
  const checked = checkProblem(problem);
  // A power of two, so that scaling back is exact and squares of extreme importances stay finite.
  const scale = 2 ** Math.floor(Math.log2(checked.importance.reduce((a, b) => Math.max(a, b))));
  const importance = checked.importance.map((v) => v / scale);
  const { kurtosis, dims } = checked;
  const ramps = makeRamps(importance, kurtosis);
  const { feature: stepFeature, place: stepPlace } = makeSteps(importance, kurtosis);

  const cross = crossing(ramps, stepPlace, dims);
  const remainder = dims - cross.below;
  const { below: fullBefore, at: tiedSteps } = countSteps(stepPlace, cross.u);
  const tiedRamps = countVerticalAt(ramps, cross.u);

  let u = cross.u;
  let fullSteps = fullBefore;
  let split: SplitStep | null = null;
  if (remainder <= INTEGER_SLACK) {
    u = insideSegment(ramps, stepPlace, cross, dims);
  } else {
    const whole = Math.min(tiedSteps, Math.floor(remainder + INTEGER_SLACK));
    const rest = remainder - whole;
    fullSteps += whole;
    if (rest > INTEGER_SLACK && tiedRamps === 0) {
      split = resolveSplitStep(
        { importance, kurtosis, dims },
        { ramps, stepFeature, stepPlace },
        { u: cross.u, below: cross.below },
        options.effort ?? 5e7,
      );
      u = split.u;
      fullSteps = split.fullSteps;
    }
  }

  const capacity = new Float64Array(importance.length);
  const cut = split === null ? { place: cross.u, tied: fullSteps - fullBefore } : split.cut;
  const filled = fillSteps(capacity, stepFeature, stepPlace, cut, split?.feature ?? -1);
  if (split !== null && split.feature >= 0) capacity[split.feature] = split.capacity;
  const budget = dims - fullSteps - (split !== null && split.feature >= 0 ? split.capacity : 0);
  const onRamps = fillRamps(ramps, u, budget);
  ramps.feature.forEach((i, r) => {
    capacity[i] = onRamps[r];
  });

  const verticalShare = sharedEvenly(ramps, onRamps, u);
  const loss = totalLoss(checked, capacity);
  const bound =
    split === null || split.exhaustive ? loss : Math.min(loss, split.bound * scale * scale);
  const tieOfSplit =
    split !== null &&
    split.feature >= 0 &&
    hasTwin(split.feature, stepFeature, importance, kurtosis);
  return {
    capacity,
    squaredNorm: capacity.map((c, i) => bestSquaredNorm(checked.importance[i], kurtosis[i], c)),
    price: u === Infinity ? 0 : 2 * (scale / u) ** 2,
    loss,
    phase: phases(capacity),
    degenerate:
      filled.tie ||
      tieOfSplit ||
      (verticalShare > 0 && verticalShare < 1 && tiedRamps + tiedSteps > 1 && split === null),
    bound,
    gap: loss === 0 ? 0 : (loss - bound) / loss,
  };
}

/**
 * Gives a whole dimension to the steps before the cut, and to so many at it, in order of index; one feature is left out.
 * There is a tie if others at the cut get nothing.
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

/** What each vertical ramp at u received; 0 if there is none. */
function sharedEvenly(ramps: Ramps, onRamps: Float64Array, u: number): number {
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
