import type { FeatureDistribution } from './feature-distribution.ts';

/**
 * Groups of features: lists of feature numbers, where who is in no list stays alone; or one size, for consecutive groups
 * 0 .. size - 1, size .. 2 size - 1 and so on.
 */
export type Groups = number | readonly (readonly number[])[];

/** Which features are active together. Values of active features are independent in every case. Plain data. */
export type Correlation =
  /** The features of a group are active together, or none of them: one coin a group. */
  | { readonly kind: 'together'; readonly groups: Groups }
  /** At most one feature of a group is active; some feature is with probability the sum of their densities. */
  | { readonly kind: 'one-of'; readonly groups: Groups }
  /**
   * One common cause f: feature i is active where lambda_i f + sqrt(1 - lambda_i^2) e_i is below its threshold, f and
   * e_i standard normal. One loading lambda in [-1, 1] for all, or one a feature.
   */
  | { readonly kind: 'copula'; readonly loadings: number | readonly number[] }
  /** Feature i is active where the i-th of N jointly normal numbers of this correlation is below its threshold. */
  | { readonly kind: 'copula'; readonly matrix: readonly (readonly number[])[] };

/**
 * Features whose activity is correlated. Each by itself is distributed as its marginal says, exactly; only what happens
 * together differs from independent features. Plain data.
 */
export interface CorrelatedFeatures {
  readonly kind: 'correlated';
  /** One for all features, or one a feature; features of one 'together' group must agree in density. */
  readonly marginal: FeatureDistribution | readonly FeatureDistribution[];
  readonly correlation: Correlation;
}

/** How N features are distributed: independently, from one distribution or one a feature, or correlated. */
export type FeatureInputs =
  FeatureDistribution | readonly FeatureDistribution[] | CorrelatedFeatures;

/**
 * Whether inputs are correlated features rather than independent ones.
 *
 * @param inputs a distribution of features.
 * @returns true for an object with `kind: 'correlated'`.
 *
 * @example
 * ```js
 * import { isCorrelated } from '@polysem/core/features';
 * isCorrelated({ shape: 'uniform', density: 0.1, unitVariance: true }); // false
 * ```
 */
export function isCorrelated(inputs: FeatureInputs): inputs is CorrelatedFeatures {
  return 'kind' in inputs;
}
