import { power, realPower } from '@polysem/numerics/elementary';
import {
  allocateQuadratic,
  allocateSeparable,
  featureLoss,
  marginalBenefit,
  type Allocation,
} from '@polysem/core/theory';
import {
  childGenerator,
  generator,
  integerBelow,
  uniformBetween,
  type Generator,
} from '@polysem/numerics/random';
import { searchGrid } from './grid-search.ts';

/** The solver of section 2 compared with searches that assume nothing about the losses; largest deviations over problems. */
export interface AllocationFacts {
  readonly problems: number;
  readonly steps: number;
  readonly diminishing: {
    /** Relative amount by which the grid search finds less than the solver. */
    readonly below: number;
    /** Excess of the grid search, relative to the excess that its grid explains. */
    readonly explained: number;
    /** Relative spread of the marginal benefits of partial features. */
    readonly spread: number;
    /** Ignored features whose marginal benefit exceeds the price, and full ones whose benefit is below it. */
    readonly misplaced: number;
    /** Pairs in which the less important feature has more capacity, at equal kurtosis. */
    readonly inverted: number;
    /** Relative distance of the price from the slope of the optimal loss in D. */
    readonly slope: number;
  };
  readonly increasing: {
    /** Relative difference between the solver and the best of all subsets of D features. */
    readonly apart: number;
    /** Capacities strictly between 0 and 1. */
    readonly partial: number;
  };
  readonly mixed: {
    /** Relative amount by which the grid search finds less than the solver. */
    readonly below: number;
    /** Problems in which several features with increasing returns are partial. */
    readonly several: number;
  };
}

interface Problem {
  readonly importance: readonly number[];
  readonly kurtosis: readonly number[];
  readonly dims: number;
}

const STEPS = 60;
const FEATURES = 6;

/** Solves random problems of each kind: diminishing returns (k > 3), increasing (k < 3), and both. */
export function allocationFacts(problems: number, seed: number): AllocationFacts {
  const drawn = (kind: number, draw: (g: Generator) => number): Problem[] =>
    Array.from({ length: problems }, (_, k) =>
      randomProblem(
        childGenerator(childGenerator(childGenerator(generator(seed), 12), kind), k),
        draw,
      ),
    );
  const convex = drawn(0, (g) => uniformBetween(g, 4, 60)).map(ofDiminishing);
  const concave = drawn(1, (g) => uniformBetween(g, 1.1, 2.9)).map(ofIncreasing);
  const both = drawn(2, (g) => (integerBelow(g, 2) === 0 ? 1.1 : 4) + uniformBetween(g, 0, 1.8));
  const mixed = both.map((problem) => {
    const solved = allocateQuadratic(problem);
    return {
      below: belowSolver(problem, solved.loss),
      several: Number(isPartial(solved).filter((i) => problem.kurtosis[i] < 3).length > 1),
    };
  });
  return {
    problems,
    steps: STEPS,
    diminishing: {
      below: most(convex, 'below'),
      explained: most(convex, 'explained'),
      spread: most(convex, 'spread'),
      misplaced: total(convex, 'misplaced'),
      inverted: inversions(seed, problems),
      slope: most(convex, 'slope'),
    },
    increasing: { apart: most(concave, 'apart'), partial: total(concave, 'partial') },
    mixed: { below: most(mixed, 'below'), several: total(mixed, 'several') },
  };
}

function randomProblem(g: Generator, kurtosis: (g: Generator) => number): Problem {
  return {
    importance: Array.from({ length: FEATURES }, () => realPower(4, uniformBetween(g, -1, 1))),
    kurtosis: Array.from({ length: FEATURES }, () => kurtosis(g)),
    dims: 1 + integerBelow(g, FEATURES - 2),
  };
}

function most<T extends string>(list: readonly Readonly<Record<T, number>>[], key: T): number {
  return Math.max(...list.map((one) => one[key]));
}

function total<T extends string>(list: readonly Readonly<Record<T, number>>[], key: T): number {
  return list.reduce((sum, one) => sum + one[key], 0);
}

function isPartial({ phase }: Allocation): number[] {
  return [...phase.keys()].filter((i) => phase[i] === 'partial');
}

function search({ importance, kurtosis, dims }: Problem) {
  const loss = (i: number, c: number): number => featureLoss(importance[i], kurtosis[i], c);
  return searchGrid(loss, importance.length, dims, STEPS);
}

function belowSolver(problem: Problem, loss: number): number {
  return Math.max(0, (loss - search(problem).loss) / loss);
}

function ofDiminishing(problem: Problem) {
  const { importance, kurtosis, dims } = problem;
  const solved = allocateQuadratic(problem);
  const benefit = (i: number, c = solved.capacity[i]): number =>
    marginalBenefit(importance[i], kurtosis[i], c);
  const shared = isPartial(solved).map((i) => benefit(i));
  const price = shared.length === 0 ? solved.price : shared[0];
  const misplaced = solved.phase.filter((phase, i) => {
    if (phase === 'ignored') return benefit(i) > price * (1 + 1e-9);
    return phase === 'full' && benefit(i) < price * (1 - 1e-9);
  });
  const optimum = (size: number): number =>
    allocateSeparable({
      features: FEATURES,
      dims: size,
      marginalBenefit: benefit,
      loss: (i, c) => featureLoss(importance[i], kurtosis[i], c),
    }).loss ?? NaN;
  const step = 1e-4;
  const slope = (optimum(dims - step) - optimum(dims + step)) / (2 * step);
  return {
    below: belowSolver(problem, solved.loss),
    explained: (search(problem).loss - solved.loss) / gridExcess(problem, solved),
    spread: shared.length === 0 ? 0 : (Math.max(...shared) - Math.min(...shared)) / price,
    misplaced: misplaced.length,
    // Where no feature is partial the loss has a kink at D, and every price in an interval is right.
    slope: shared.length === 0 ? 0 : Math.abs(slope / price - 1),
  };
}

/**
 * Most that the loss can rise if each capacity is rounded to a neighbouring grid point and the sum stays the same. Terms of
 * first order cancel, because partial features share the price; l'' is largest at the smaller end.
 */
function gridExcess({ importance, kurtosis }: Problem, solved: Allocation): number {
  const step = 1 / STEPS;
  return isPartial(solved).reduce((sum, i) => {
    const excess = kurtosis[i] - 3;
    const below = 2 + excess * Math.max(0, solved.capacity[i] - step);
    const curvature = (4 * importance[i] ** 2 * (kurtosis[i] - 1) ** 2 * excess) / power(below, 3);
    return sum + (curvature * step * step) / 2;
  }, 0);
}

function ofIncreasing(problem: Problem) {
  const { importance, kurtosis, dims } = problem;
  const solved = allocateQuadratic(problem);
  let best = Infinity;
  for (let subset = 0; subset < 2 ** FEATURES; subset++) {
    const left = [...importance.keys()].filter((i) => ((subset >> i) & 1) === 0);
    if (left.length !== FEATURES - dims) continue;
    // l(0) = v^2 (k - 1), the variance of a feature that is not represented.
    best = Math.min(
      best,
      left.reduce((sum, i) => sum + importance[i] ** 2 * (kurtosis[i] - 1), 0),
    );
  }
  return { apart: Math.abs(solved.loss / best - 1), partial: isPartial(solved).length };
}

/** Pairs of features of equal kurtosis in which the less important one gets more. */
function inversions(seed: number, problems: number): number {
  let count = 0;
  for (let k = 0; k < problems; k++) {
    const g = childGenerator(childGenerator(generator(seed), 13), k);
    const { importance, dims } = randomProblem(g, () => 0);
    const { capacity } = allocateQuadratic({
      importance,
      kurtosis: uniformBetween(g, 1.1, 40),
      dims,
    });
    const order = [...importance.keys()].toSorted((a, b) => importance[a] - importance[b]);
    count += order.filter(
      (i, at) => at > 0 && capacity[i] < capacity[order[at - 1]] - 1e-12,
    ).length;
  }
  return count;
}
