import { moments } from '../features/moments.ts';
import type { FeatureShape } from '../features/shapes.ts';
import { checkImportance, GREATEST_KURTOSIS } from '../theory/bounds.ts';

/** What is known of each feature beside its vector: one number a feature in each list. */
export interface FeatureStatistics {
  /**
   * v_i >= 0, in any unit: variance explained, mean square, frequency times magnitude, whatever stands for how much the
   * feature matters. A common factor is absorbed by the price.
   */
  readonly importance: ArrayLike<number>;
  /** k_i >= 1: one for all features, or one a feature. Of features of importance 0 it is not looked at. */
  readonly kurtosis: number | ArrayLike<number>;
  /** P(active) of each feature, in [0, 1], where it is known. */
  readonly density?: ArrayLike<number>;
}

/** The same, checked and written out. */
export interface CheckedStatistics {
  readonly importance: Float64Array;
  /** NaN of features of importance 0 that have none. */
  readonly kurtosis: Float64Array;
  readonly density: Float64Array | null;
}

/**
 * Checks statistics of features.
 *
 * @throws RangeError naming field, feature and value.
 */
export function checkStatistics(statistics: FeatureStatistics): CheckedStatistics {
  const importance = new Float64Array(statistics.importance);
  const features = importance.length;
  if (features === 0) throw new RangeError('importance: at least one feature is needed');
  importance.forEach((v, i) => {
    if (v !== 0) checkImportance(v, i);
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
      throw new RangeError(`density: feature ${i} has ${p}; it is P(active), from 0 to 1`);
    }
  });
  return { importance, kurtosis, density };
}

/** Refuses lists of another length. */
export function checkLength(field: string, values: Float64Array, features: number): void {
  if (values.length === features) return;
  throw new RangeError(`${field}: ${values.length} values for ${features} features`);
}

/**
 * The kurtosis of sparse features of one shape, from their densities: Kurt[z] / p where the shape has mean 0
 * (arXiv:2210.01892, section 3), about the mean otherwise (`moments`). NaN for a feature that is never active.
 *
 * @throws RangeError if a density is not in [0, 1], or the shape is invalid or has no fourth moment.
 */
export function kurtosisFromDensity(
  density: ArrayLike<number>,
  shape: FeatureShape,
  degreesOfFreedom?: number,
): Float64Array {
  const given = degreesOfFreedom === undefined ? {} : { degreesOfFreedom };
  const result = new Float64Array(density.length);
  for (let i = 0; i < result.length; i++) {
    const p = density[i];
    if (p === 0) {
      result[i] = NaN;
      continue;
    }
    if (!(p > 0 && p <= 1)) {
      throw new RangeError(`density: feature ${i} has ${p}; it is P(active), from 0 to 1`);
    }
    const { kurtosis } = moments({ shape, density: p, unitVariance: false, ...given });
    if (kurtosis === Infinity) {
      throw new RangeError(
        `degreesOfFreedom: ${shape} of ${degreesOfFreedom} has infinite kurtosis; take more than 4`,
      );
    }
    result[i] = kurtosis;
  }
  return result;
}
