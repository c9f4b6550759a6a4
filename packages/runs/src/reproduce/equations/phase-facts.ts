import { embedding } from '@polysem/core/embedding';
import { measureCapacity } from '@polysem/core/capacity';
import {
  allocateQuadratic,
  featureLoss,
  marginalBenefit,
  phaseBoundaries,
} from '@polysem/core/theory';
import { lbfgs } from '@polysem/engine/descent';
import { quadraticExactLoss, standardMoments } from '@polysem/engine/models';
import { childGenerator, generator, normal } from '@polysem/numerics/random';
import { lastBelow } from '../last-below.ts';
import { quadraticModel } from '../quadratic-model.ts';
import { uniformKurtosis } from '../uniform-kurtosis.ts';

/** Statements of sections 3.4 and 3.6 about the critical point and marginal curves, computed from the solver. */
export interface PhaseFacts {
  readonly problems: number;
  /** Largest relative distance of equations 17 and 18 from boundaries located with the solver. */
  readonly boundaries: number;
  /** Width of the partial region in V, over k - 3, just above the critical point; 6 features in 3 dimensions. */
  readonly opening: number;
  /** Signs of l'' as expected: the loss is concave below k = 3 and convex above. */
  readonly curvature: boolean;
  /** Marginal benefits rise with capacity below k = 3 and fall above. */
  readonly slope: boolean;
  /** Smallest second difference of a marginal benefit, relative to its value: positive where the curve is convex. */
  readonly convexity: number;
  /** Subsets of 3 of 6 features at k = 2.25 in which descent ends again after a small push, of `subsets`. */
  readonly stable: number;
  readonly subsets: number;
}

const SIZES = [
  { features: 6, dims: 3 },
  { features: 6, dims: 5 },
  { features: 2, dims: 1 },
  { features: 40, dims: 7 },
];
const KURTOSES = [3.01, 4, 9, 18, 60, 1800];
/** Range of V that holds all boundaries. */
const IMPORTANCES = [1e-5, 1e5] as const;

/** Locates boundaries, and the curvature of losses and marginal benefits, without the closed forms. */
export function phaseFacts(seed: number): PhaseFacts {
  const problems = SIZES.flatMap(({ features, dims }) =>
    KURTOSES.map((kurtosis) => ({ features, dims, kurtosis })),
  );
  const boundaries = problems.map((problem) => {
    const [found, stated] = [located(problem), phaseBoundaries(problem)];
    return Math.max(
      Math.abs(found.ignoredUpTo / stated.ignoredUpTo - 1),
      Math.abs(found.fullFrom / stated.fullFrom - 1),
    );
  });
  const excess = 1e-4;
  const near = located({ features: 6, dims: 3, kurtosis: 3 + excess });
  return {
    problems: problems.length,
    boundaries: Math.max(...boundaries),
    opening: (near.fullFrom - near.ignoredUpTo) / excess,
    ...marginalCurves(),
    ...stableSubsets(seed),
  };
}

interface Located {
  readonly ignoredUpTo: number;
  readonly fullFrom: number;
}

/** The boundaries in V, by bisection on the phase that the solver gives to the varied feature. */
function located(problem: { features: number; dims: number; kurtosis: number }): Located {
  const { features, dims, kurtosis } = problem;
  const phaseAt = (v: number) => {
    const importance = [v, ...Array.from({ length: features - 1 }, () => 1)];
    return allocateQuadratic({ importance, kurtosis, dims }).phase[0];
  };
  return {
    ignoredUpTo: lastBelow(IMPORTANCES, (v) => phaseAt(v) === 'ignored'),
    fullFrom: lastBelow(IMPORTANCES, (v) => phaseAt(v) !== 'full'),
  };
}

/** Second differences of the loss and of its slope in C, at kurtoses on both sides of 3. */
function marginalCurves(): Pick<PhaseFacts, 'curvature' | 'slope' | 'convexity'> {
  const step = 0.01;
  const inside = Array.from({ length: 99 }, (_, i) => (i + 1) * step);
  const second = (of: (c: number) => number, c: number): number =>
    of(c + step) - 2 * of(c) + of(c - step);
  const kurtoses = [1.2, 2.25, 2.9, 3.1, 9, 18, 100];
  const all = (holds: (k: number, c: number) => boolean): boolean =>
    kurtoses.every((k) => inside.every((c) => holds(k, c)));
  return {
    curvature: all((k, c) => second((x) => featureLoss(1, k, x), c) > 0 === k > 3),
    slope: all(
      (k, c) => marginalBenefit(1, k, c + step) < marginalBenefit(1, k, c - step) === k > 3,
    ),
    convexity: Math.min(
      ...kurtoses.flatMap((k) =>
        inside.map((c) => second((x) => marginalBenefit(1, k, x), c) / marginalBenefit(1, k, c)),
      ),
    ),
  };
}

/** Pushes every choice of 3 of 6 features slightly, at p = 0.8, and follows the descent. */
function stableSubsets(seed: number): Pick<PhaseFacts, 'stable' | 'subsets'> {
  const [features, dims] = [6, 3];
  const importance = Array.from({ length: features }, (_, i) => 1 + 0.05 * i);
  const model = quadraticModel(dims, importance);
  const loss = quadraticExactLoss(model, standardMoments(uniformKurtosis(0.8)));
  const chosen = Array.from({ length: 2 ** features }, (_, bits) =>
    Array.from({ length: features }, (_unused, i) => i).filter((i) => (bits >> i) & 1),
  ).filter((subset) => subset.length === dims);
  const stable = chosen.filter((subset, k) => {
    const g = childGenerator(childGenerator(generator(seed), 16), k);
    const start = Float64Array.from({ length: loss.size }, () => 0.02 * normal(g));
    subset.forEach((i, axis) => (start[i * dims + axis] += Math.sqrt(importance[i])));
    const { parameters } = lbfgs(loss, start, { maxIterations: 1000 });
    const w = embedding(dims, features, parameters.slice(0, dims * features));
    const { capacity, squaredNorm } = measureCapacity(w);
    // A feature that is given up keeps a direction, so its length is judged, not its capacity.
    return importance.every((v, i) =>
      subset.includes(i) ? capacity[i] > 0.999 : squaredNorm[i] < 1e-3 * v,
    );
  });
  return { stable: stable.length, subsets: chosen.length };
}
