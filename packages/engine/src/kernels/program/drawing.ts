import {
  countLaw,
  distributions,
  parameterValues,
  type CountLaw,
  type Dependence,
  type FeatureDistribution,
  type Inputs,
  type ValueDistribution,
} from '@polysem/core/features';
import { semidefiniteCholesky } from '@polysem/numerics/linalg';
import type { Instance } from '../kernel.ts';

/** The part of an input distribution that generated code depends on. */
export interface Drawing {
  /** Value distribution of all features, with its parameters. */
  readonly values: ValueDistribution;
  readonly activity: Activity;
}

/** The part of a dependence between features that generated code depends on. */
export type Activity =
  /** `isMixed`: densities differ. */
  | { readonly kind: 'independent'; readonly isMixed: boolean }
  | { readonly kind: 'together'; readonly groups: number; readonly isMixed: boolean }
  | {
      readonly kind: 'one-of';
      readonly groups: number;
      readonly isMixed: boolean;
      /** At least one group has features of different densities. */
      readonly isUneven: boolean;
    }
  | {
      readonly kind: 'factor';
      /** All features have one density and one loading. */
      readonly isAlike: boolean;
      /** Sizes of the table of counts of active features per class; null if the table would be too large. */
      readonly counts: CountSizes | null;
    }
  /** `rank`: number of independent normals from which the correlated ones are computed. */
  | { readonly kind: 'matrix'; readonly rank: number };

/**
 * Sizes of a table of counts: outcomes with at least one active feature, nonzero counts in all outcomes, and classes of
 * identically distributed features.
 */
export interface CountSizes {
  readonly outcomes: number;
  readonly parts: number;
  readonly classes: number;
}

/** Inputs that generated code samples: `drawing` determines the code, the rest is data for it. */
export interface DrawnInputs {
  readonly drawing: Drawing;
  /** One per feature. */
  readonly marginals: readonly FeatureDistribution[];
  /** Null where features are independent. */
  readonly dependence: DrawnDependence | null;
}

/** Dependence between features. A correlation matrix is given by its triangular factor, N x rank. */
export type DrawnDependence =
  | Extract<Dependence, { readonly groups: unknown }>
  | {
      readonly kind: 'factor';
      readonly loadings: Float64Array;
      /** Null where there are too many outcomes. */
      readonly counts: CountLaw | null;
    }
  | { readonly kind: 'matrix'; readonly factor: Float64Array };

/** Smallest density under a copula. Normals in lanes do not exceed 6.8, so rarer features would be active too rarely. */
const LEAST_COPULA_DENSITY: number = 2 ** -20;

/** Largest number of outcomes. A larger table would take long to compute and exceed the L1 cache. */
const MOST_OUTCOMES = 2048;

const known = new WeakMap<Inputs, DrawnInputs | null>();

/**
 * Describes the inputs of an instance for generated code. Returns null if generated code cannot sample them: rows of data,
 * features with different value distributions, a distribution without `lanes`, or a copula with a very rare feature.
 */
export function drawnInputs({ inputs }: Pick<Instance, 'inputs'>): DrawnInputs | null {
  const before = known.get(inputs);
  if (before !== undefined) return before;
  const found = find(inputs);
  known.set(inputs, found);
  return found;
}

function find(inputs: Inputs): DrawnInputs | null {
  if (inputs.kind === 'rows') return null;
  const { marginals } = inputs;
  const values = commonValues(marginals);
  const densities = marginals.map((one) => one.density);
  const given = inputs.kind === 'correlated' ? inputs.dependence : null;
  const isTooRare = isCopula(given) && Math.min(...densities) < LEAST_COPULA_DENSITY;
  if (values === null || isTooRare) return null;
  const { activity, dependence } = activityOf(given, densities);
  return { drawing: { values, activity }, marginals, dependence };
}

/** Value distribution that all features share, with its parameters; null if they differ or it has no `lanes`. */
function commonValues(marginals: readonly FeatureDistribution[]): ValueDistribution | null {
  const [first] = marginals;
  const { shape } = first;
  if (distributions[shape].lanes === undefined) return null;
  const parameters = Object.entries(parameterValues(first));
  const isCommon = marginals.every((one) => {
    if (one === first) return true;
    if (one.shape !== shape) return false;
    const own: Readonly<Record<string, number>> = parameterValues(one);
    return parameters.every(([name, value]) => own[name] === value);
  });
  return isCommon ? { shape, ...Object.fromEntries(parameters) } : null;
}

function isCopula(dependence: Dependence | null): boolean {
  return dependence?.kind === 'factor' || dependence?.kind === 'matrix';
}

function activityOf(
  given: Dependence | null,
  densities: readonly number[],
): { activity: Activity; dependence: DrawnDependence | null } {
  if (given === null || isApart(given)) {
    const activity = { kind: 'independent', isMixed: !areEqual(densities) } as const;
    return { activity, dependence: null };
  }
  switch (given.kind) {
    case 'together':
    case 'one-of': {
      const { kind } = given;
      const groups = given.groups.length;
      const isMixed = !areEqual(given.densities);
      const isUneven = given.groups.some((group) => !areEqual(group.map((i) => densities[i])));
      const activity =
        kind === 'together' ? { kind, groups, isMixed } : { kind, groups, isMixed, isUneven };
      return { activity, dependence: given };
    }
    case 'factor': {
      const isAlike = areEqual(densities) && areEqual(given.loadings);
      const counts = countLaw(Float64Array.from(densities), given.loadings, MOST_OUTCOMES);
      return {
        activity: { kind: 'factor', isAlike, counts: counts && sizesOf(counts) },
        dependence: { ...given, counts },
      };
    }
    case 'matrix': {
      const { rank, factor } = semidefiniteCholesky(given.matrix, densities.length);
      return { activity: { kind: 'matrix', rank }, dependence: { kind: 'matrix', factor } };
    }
  }
}

function sizesOf({ classes, counts }: CountLaw): CountSizes {
  const parts = counts.reduce((sum, own) => sum + own.filter((count) => count > 0).length, 0);
  return { outcomes: counts.length, parts, classes: classes.length };
}

/** True if every group has one feature, which makes features independent. */
function isApart(dependence: Dependence): boolean {
  return 'groups' in dependence && dependence.groups.every((group) => group.length === 1);
}

function areEqual(numbers: ArrayLike<number>): boolean {
  return Array.prototype.every.call(numbers, (x) => x === numbers[0]);
}
