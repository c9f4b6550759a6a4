import type { FeatureDistribution } from './feature-distribution.ts';

/**
 * Groups of features: lists of feature numbers, where a feature in no list is a group of its own;
 * or one size, for consecutive groups 0 .. size - 1, size .. 2 size - 1 and so on.
 */
export type Groups = number | readonly (readonly number[])[];

/**
 * Specifies which features are active together. Values of active features are always independent.
 * Plain data.
 */
export type Correlation =
  /** All features of a group are active, or none. */
  | { readonly kind: 'together'; readonly groups: Groups }
  /**
   * At most one feature of a group is active at a time; the probability that one is active is the
   * sum of their densities.
   */
  | { readonly kind: 'one-of'; readonly groups: Groups }
  /**
   * One common factor f: feature i is active if lambda_i f + sqrt(1 - lambda_i^2) e_i is below its
   * threshold, with f and e_i standard normal. One loading lambda in [-1, 1] for all features, or
   * one per feature.
   */
  | { readonly kind: 'copula'; readonly loadings: number | readonly number[] }
  /**
   * Feature i is active if the i-th of N jointly normal numbers with this correlation matrix is
   * below its threshold.
   */
  | { readonly kind: 'copula'; readonly matrix: readonly (readonly number[])[] };

/**
 * Features whose activity is correlated. Each feature follows its marginal distribution exactly;
 * only the joint distribution differs from that of independent features. Plain data.
 */
export interface CorrelatedFeatures {
  readonly kind: 'correlated';
  /**
   * One distribution for all features, or one per feature; features of one 'together' group must
   * have the same density.
   */
  readonly marginal: FeatureDistribution | readonly FeatureDistribution[];
  readonly correlation: Correlation;
}

/**
 * The distribution of N features: independent, with one distribution for all or one per feature, or
 * correlated.
 */
export type FeatureInputs =
  | FeatureDistribution
  | readonly FeatureDistribution[]
  | CorrelatedFeatures;

/**
 * True if inputs are correlated features rather than independent ones.
 *
 * @param inputs a distribution of features.
 * @returns true for an object with `kind: 'correlated'`.
 *
 * @example
 * ```js
 * import { isCorrelated } from 'polysem/features';
 * isCorrelated({ shape: 'uniform', density: 0.1, unitVariance: true }); // false
 * ```
 */
export function isCorrelated(inputs: FeatureInputs): inputs is CorrelatedFeatures {
  return 'kind' in inputs;
}
