import { moments } from '../features/moments.ts';
import {
  checkMoment,
  checkValueDistribution,
  valueDistribution,
  type ValueDistribution,
} from '../features/distributions/registry.ts';
import { checkImportance, GREATEST_KURTOSIS } from '../theory/bounds.ts';

/** Statistics of each feature, one value per feature in each list. */
export interface FeatureStatistics {
  /**
   * v_i >= 0, in any unit: variance explained, mean square, frequency times magnitude, or another measure of how much the
   * feature matters. The price absorbs a common factor.
   */
  readonly importance: ArrayLike<number>;
  /** k_i >= 1: one for all features, or one per feature. Ignored for features of importance 0. */
  readonly kurtosis: number | ArrayLike<number>;
  /** P(active) of each feature, in [0, 1], if known. */
  readonly density?: ArrayLike<number>;
}

/** Checked statistics, one value per feature. */
export interface CheckedStatistics {
  readonly importance: Float64Array;
  /** NaN for features of importance 0 without a valid kurtosis. */
  readonly kurtosis: Float64Array;
  readonly density: Float64Array | null;
}

/**
 * Checks the statistics of features and copies them.
 *
 * @throws RangeError naming field, feature and value.
 */
export function checkStatistics(statistics: FeatureStatistics): CheckedStatistics {
  const importance = new Float64Array(statistics.importance);
  const features = importance.length;
  if (features === 0) throw new RangeError('importance: at least one feature is needed, got none');
  importance.forEach((v, i) => {
    checkImportance(v, i);
  });
  const kurtosis =
    typeof statistics.kurtosis === 'number'
      ? new Float64Array(features).fill(statistics.kurtosis)
      : new Float64Array(statistics.kurtosis);
  checkLength('kurtosis', kurtosis, features);
  kurtosis.forEach((k, i) => {
    if (importance[i] === 0) {
      if (!(k >= 1 && k <= GREATEST_KURTOSIS)) kurtosis[i] = NaN;
    } else if (!(k >= 1 && k <= GREATEST_KURTOSIS)) {
      throw new RangeError(
        `kurtosis: feature ${i} has ${k}; a kurtosis is at least 1 (3 for a Gaussian) and here at most ${GREATEST_KURTOSIS}`,
      );
    }
  });
  if (statistics.density === undefined) return { importance, kurtosis, density: null };
  const density = new Float64Array(statistics.density);
  checkLength('density', density, features);
  density.forEach((p, i) => {
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(`density: feature ${i} has ${p}; must be P(active), from 0 to 1`);
    }
  });
  return { importance, kurtosis, density };
}

/** Refuses a list that does not have one value per feature. */
export function checkLength(field: string, values: Float64Array, features: number): void {
  if (values.length === features) return;
  throw new RangeError(`${field}: ${values.length} values for ${features} features`);
}

/**
 * The kurtosis of sparse features with a common value distribution, from their densities: Kurt[z] / p if the
 * distribution has mean 0 (arXiv:2210.01892, section 3), otherwise computed about the mean (`moments`).
 *
 * @param density P(active) per feature, in [0, 1].
 * @param distribution of the values of active features.
 * @returns a kurtosis per feature; NaN for a feature that is never active.
 * @throws RangeError if a density is not in [0, 1], or the distribution is invalid or has an infinite fourth moment.
 * @example
 * ```js
 * import { kurtosisFromDensity } from 'polysem/audit';
 * kurtosisFromDensity([1, 0.5], { shape: 'gaussian' }); // [3, 6]
 * ```
 */
export function kurtosisFromDensity(
  density: ArrayLike<number>,
  distribution: ValueDistribution,
): Float64Array {
  checkValueDistribution(distribution);
  checkMoment(distribution, 4, 'kurtosis');
  const values = valueDistribution(distribution);
  const result = new Float64Array(density.length);
  for (let i = 0; i < result.length; i++) {
    const p = density[i];
    if (p === 0) {
      result[i] = NaN;
      continue;
    }
    if (!(p > 0 && p <= 1)) {
      throw new RangeError(`density: feature ${i} has ${p}; must be P(active), from 0 to 1`);
    }
    result[i] = moments({ ...values, density: p, unitVariance: false }).kurtosis;
  }
  return result;
}
