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

/** How inputs are drawn, as far as code depends on it. */
export interface Drawing {
  /** The distribution of active values, with all its parameters. */
  readonly values: ValueDistribution;
  readonly activity: Activity;
}

/** Which features are active together, as far as code depends on it. */
export type Activity =
  /** Mixed: of different densities. */
  | { readonly kind: 'independent'; readonly isMixed: boolean }
  | { readonly kind: 'together'; readonly groups: number; readonly isMixed: boolean }
  | {
      readonly kind: 'one-of';
      readonly groups: number;
      readonly isMixed: boolean;
      /** The features of some group have different densities. */
      readonly isUneven: boolean;
    }
  | {
      readonly kind: 'factor';
      /** All features have one density and one loading. */
      readonly isAlike: boolean;
      /** What the counts of active features by class can be, if that is not too much. */
      readonly counts: CountSizes | null;
    }
  /** The jointly normal numbers are sums of so many independent ones. */
  | { readonly kind: 'matrix'; readonly rank: number };

/** Outcomes of counts, those with any active feature; counts in them that are not 0; classes of features alike. */
export interface CountSizes {
  readonly outcomes: number;
  readonly parts: number;
  readonly classes: number;
}

/** Inputs as code draws them: what it depends on, and what is data to it. */
export interface DrawnInputs {
  readonly drawing: Drawing;
  /** One a feature. */
  readonly marginals: readonly FeatureDistribution[];
  /** Null where features are independent. */
  readonly dependence: DrawnDependence | null;
}

/** A dependence, that of a matrix by its factor, N x rank. */
export type DrawnDependence =
  | Extract<Dependence, { readonly groups: unknown }>
  | {
      readonly kind: 'factor';
      readonly loadings: Float64Array;
      /** Null where there are too many outcomes. */
      readonly counts: CountLaw | null;
    }
  | { readonly kind: 'matrix'; readonly factor: Float64Array };

/** Normals in four lanes end at 6.8, and rarer features of copulas would come out too rare. */
const LEAST_COPULA_DENSITY: number = 2 ** -20;

/** Tables of more outcomes would be long in the making, and leave the first cache. */
const MOST_OUTCOMES = 2048;

const known = new WeakMap<Inputs, DrawnInputs | null>();

/**
 * The inputs of an instance as compiled code samples them; null if it cannot: for rows of data, features with different
 * value distributions, a distribution without `lanes`, and copulas of features that are very rarely active.
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

/** The value distribution of all features, with all parameters; null if features differ in it or it has no lanes. */
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

/** Groups of one are independent features. */
function isApart(dependence: Dependence): boolean {
  return 'groups' in dependence && dependence.groups.every((group) => group.length === 1);
}

function areEqual(numbers: ArrayLike<number>): boolean {
  return Array.prototype.every.call(numbers, (x) => x === numbers[0]);
}
