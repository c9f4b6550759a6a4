import { checkValueDistribution, type ValueDistribution } from './distributions/registry.ts';

/**
 * The distribution of one feature: x = c s z, where s is 1 with probability `density` and 0 otherwise, z has the
 * distribution that `shape` and its parameters name, and c is 1 or the factor that makes Var x = 1. Plain data.
 */
export type FeatureDistribution = ValueDistribution & {
  /** P(active), in (0, 1]: one minus the paper's sparsity. */
  readonly density: number;
  /** True if x is scaled to variance 1; it is never centred. */
  readonly unitVariance: boolean;
};

/**
 * Checks the distribution of a feature.
 *
 * @param distribution the distribution to check.
 * @throws RangeError in one line with the field, its value and the remedy: for an unknown shape, a parameter that the
 * shape does not have or does not accept, a density outside (0, 1], or a `unitVariance` that is not a boolean.
 */
export function checkFeatureDistribution(distribution: FeatureDistribution): void {
  checkValueDistribution(distribution);
  const { density, unitVariance } = distribution;
  if (typeof density !== 'number' || !(density > 0 && density <= 1)) {
    throw new RangeError(
      `density: must lie in (0, 1], got ${density}; it is P(active), so write 1 - sparsity`,
    );
  }
  if (typeof unitVariance !== 'boolean') {
    throw new RangeError(`unitVariance: must be true or false, got ${String(unitVariance)}`);
  }
}

/** One distribution for all features, or one per feature. */
export type FeatureDistributions = FeatureDistribution | readonly FeatureDistribution[];

/** True if there is one distribution per feature, rather than one for all. Array.isArray does not narrow a readonly list. */
function isDistributionList(
  distributions: FeatureDistributions,
): distributions is readonly FeatureDistribution[] {
  return Array.isArray(distributions);
}

/**
 * Lists one distribution per feature. Does not check the distributions themselves.
 *
 * @param distributions one for all features, or one per feature.
 * @param features N.
 * @param field the name of the list in error messages.
 * @returns N distributions.
 * @throws RangeError if a list has another length than `features`.
 */
export function distributionList(
  distributions: FeatureDistributions,
  features: number,
  field = 'marginal',
): readonly FeatureDistribution[] {
  if (!isDistributionList(distributions))
    return Array.from({ length: features }, () => distributions);
  if (distributions.length !== features) {
    throw new RangeError(
      `${field}: ${distributions.length} distributions for ${features} features; give one for all, or one per feature`,
    );
  }
  return distributions;
}
