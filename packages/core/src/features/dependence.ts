import { symmetricEigenvalues } from '@polysem/numerics/linalg';
import type { Correlation } from './correlation.ts';
import type { FeatureDistribution } from './feature-distribution.ts';
import { groupLists } from './groups.ts';

/** The dependence of N features, checked, with groups, loadings or matrix written out. */
export type Dependence =
  | {
      readonly kind: 'together' | 'one-of';
      /** Ascending feature numbers of each group; every feature is in exactly one. */
      readonly groups: readonly (readonly number[])[];
      /** P(at least one feature of the group is active). */
      readonly densities: Float64Array;
    }
  | { readonly kind: 'factor'; readonly loadings: Float64Array }
  /** N x N, row-major. */
  | { readonly kind: 'matrix'; readonly matrix: Float64Array };

/** Rounding error allowed in the sum of the densities of a one-of group, and in a correlation matrix. */
const ROUNDING = 1e-12;

/** Independent features, as groups of one. */
export function independence(marginals: readonly FeatureDistribution[]): Dependence {
  return {
    kind: 'together',
    groups: marginals.map((_, i) => [i]),
    densities: Float64Array.from(marginals, ({ density }) => density),
  };
}

/**
 * Checks a correlation and writes it out for features with the given distributions.
 *
 * @throws RangeError in one line with the field, its value and the remedy.
 */
export function resolveDependence(
  correlation: Correlation,
  marginals: readonly FeatureDistribution[],
): Dependence {
  switch (correlation.kind) {
    case 'together':
      return together(groupLists(correlation.groups, marginals.length), marginals);
    case 'one-of':
      return oneOf(groupLists(correlation.groups, marginals.length), marginals);
    case 'copula':
      return 'matrix' in correlation
        ? { kind: 'matrix', matrix: checkedMatrix(correlation.matrix, marginals.length) }
        : { kind: 'factor', loadings: checkedLoadings(correlation.loadings, marginals.length) };
    default:
      throw new RangeError(
        `correlation.kind: must be together, one-of or copula, got ${String((correlation as Correlation).kind)}`,
      );
  }
}

function together(
  groups: readonly (readonly number[])[],
  marginals: readonly FeatureDistribution[],
): Dependence {
  const densities = groups.map(([first, ...rest]) => {
    const { density } = marginals[first];
    const other = rest.find((i) => marginals[i].density !== density);
    if (other !== undefined) {
      throw new RangeError(
        `marginal: features ${first} and ${other} are active together but have densities ${density} and ${marginals[other].density}; give them the same density`,
      );
    }
    return density;
  });
  return { kind: 'together', groups, densities: Float64Array.from(densities) };
}

function oneOf(
  groups: readonly (readonly number[])[],
  marginals: readonly FeatureDistribution[],
): Dependence {
  const densities = groups.map((group) => {
    let density = 0;
    for (const i of group) density += marginals[i].density;
    if (density > 1 + ROUNDING) {
      throw new RangeError(
        `density: the densities of ${group.length} features of which at most one is active add up to ${density}, above 1; lower them to ${1 / group.length} each or make the groups smaller`,
      );
    }
    return Math.min(1, density);
  });
  return { kind: 'one-of', groups, densities: Float64Array.from(densities) };
}

function checkedLoadings(loadings: number | readonly number[], features: number): Float64Array {
  const list =
    typeof loadings === 'number' ? Array.from({ length: features }, () => loadings) : loadings;
  if (!Array.isArray(list) || list.length !== features) {
    throw new RangeError(
      `correlation.loadings: must be one number or one per feature, ${features} here, got ${JSON.stringify(loadings) ?? 'none'}`,
    );
  }
  list.forEach((loading: number, i) => {
    if (typeof loading !== 'number' || !(Math.abs(loading) <= 1)) {
      throw new RangeError(
        `correlation.loadings: feature ${i} has ${loading}; a loading is a correlation with the common factor, from -1 to 1`,
      );
    }
  });
  return Float64Array.from(list);
}

function checkedMatrix(rows: readonly (readonly number[])[], features: number): Float64Array {
  if (!Array.isArray(rows) || rows.length !== features || rows.some((r) => r.length !== features)) {
    throw new RangeError(
      `correlation.matrix: must be ${features} lists of ${features} numbers, one list per feature`,
    );
  }
  const matrix = Float64Array.from((rows as readonly (readonly number[])[]).flat());
  for (let i = 0; i < features; i++) {
    for (let j = 0; j <= i; j++) {
      const value = matrix[i * features + j];
      const wrong =
        i === j
          ? !(Math.abs(value - 1) <= ROUNDING)
          : !(Math.abs(value - matrix[j * features + i]) <= ROUNDING);
      if (wrong) {
        throw new RangeError(
          `correlation.matrix: entry (${i}, ${j}) is ${value}${i === j ? ', must be 1' : ` but (${j}, ${i}) is ${matrix[j * features + i]}; make it symmetric`}`,
        );
      }
    }
  }
  const smallest = symmetricEigenvalues(matrix, features)[features - 1];
  if (smallest < -1e-10 * features) {
    throw new RangeError(
      `correlation.matrix: is not positive semidefinite, its smallest eigenvalue is ${Number(smallest.toPrecision(4))}; no features can have these correlations, so shrink the off-diagonal entries`,
    );
  }
  return matrix;
}
