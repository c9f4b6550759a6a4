import { checkImportance, GREATEST_KURTOSIS } from './bounds.ts';

/** An allocation problem of the quadratic model: N features, D dimensions. */
export interface QuadraticProblem {
  /** v_i > 0, one a feature. */
  readonly importance: ArrayLike<number>;
  /** k_i >= 1: one for all features, or one a feature. */
  readonly kurtosis: number | ArrayLike<number>;
  /** D, an integer from 1 to N. */
  readonly dims: number;
}

/** The same, checked and written out: one importance and one kurtosis a feature. */
export interface CheckedProblem {
  readonly importance: Float64Array;
  readonly kurtosis: Float64Array;
  readonly dims: number;
}

/**
 * Checks a problem.
 *
 * @throws RangeError naming the field, the value and what it must be.
 */
export function checkProblem(problem: QuadraticProblem): CheckedProblem {
  const importance = new Float64Array(problem.importance);
  const features = importance.length;
  if (features === 0) throw new RangeError('importance: at least one feature is needed');
  importance.forEach(checkImportance);
  const { dims } = problem;
  if (!Number.isInteger(dims) || dims < 1) {
    throw new RangeError(`dims: must be a positive integer, got ${dims}`);
  }
  if (dims > features) {
    throw new RangeError(
      `dims: ${dims} dimensions for ${features} features; there must be at least as many features as dimensions`,
    );
  }
  return { importance, kurtosis: perFeatureKurtosis(problem.kurtosis, features), dims };
}

function perFeatureKurtosis(kurtosis: number | ArrayLike<number>, features: number): Float64Array {
  const values =
    typeof kurtosis === 'number'
      ? new Float64Array(features).fill(kurtosis)
      : new Float64Array(kurtosis);
  if (values.length !== features) {
    throw new RangeError(
      `kurtosis: ${values.length} values for ${features} features; give one for all, or one a feature`,
    );
  }
  values.forEach((k, i) => {
    if (!(k >= 1 && k <= GREATEST_KURTOSIS)) {
      throw new RangeError(
        `kurtosis: feature ${i} has ${k}; a kurtosis is at least 1 (3 for a Gaussian) and here at most ${GREATEST_KURTOSIS}`,
      );
    }
  });
  return values;
}
