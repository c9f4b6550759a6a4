import { positiveInteger } from '@polysem/numerics/checks';
import { checkImportance, GREATEST_KURTOSIS } from './bounds.ts';

/** Allocation of D dimensions to N features in the quadratic model. */
export interface QuadraticProblem {
  /** v_i >= 0, one per feature, at least one of them above 0. */
  readonly importance: ArrayLike<number>;
  /** k_i >= 1: one number for all features, or one per feature. */
  readonly kurtosis: number | ArrayLike<number>;
  /** D, an integer from 1 to N. */
  readonly dims: number;
}

/** A checked problem, with one importance and one kurtosis per feature. */
export interface CheckedProblem {
  readonly importance: Float64Array;
  readonly kurtosis: Float64Array;
  readonly dims: number;
}

/**
 * Checks an allocation problem of the quadratic model.
 *
 * @param problem importances, kurtoses and D.
 * @returns the problem with one kurtosis per feature, in new arrays.
 * @throws RangeError naming the field, its value and what it must be.
 */
export function checkProblem(problem: QuadraticProblem): CheckedProblem {
  const importance = new Float64Array(problem.importance);
  const features = importance.length;
  if (features === 0) throw new RangeError('importance: must hold at least one number, got none');
  importance.forEach(checkImportance);
  checkSomeImportance(importance);
  const { dims } = problem;
  positiveInteger('dims', dims);
  if (dims > features) {
    throw new RangeError(`dims: must be at most ${features}, the number of features, got ${dims}`);
  }
  return { importance, kurtosis: perFeatureKurtosis(problem.kurtosis, features), dims };
}

/**
 * Checks that at least one importance is above 0: otherwise there is nothing to represent.
 *
 * @param importance importances, one per feature.
 * @throws RangeError if all are 0.
 * @example
 * ```js
 * import { checkSomeImportance } from 'polysem/theory';
 * checkSomeImportance([0, 0]); // throws RangeError
 * ```
 */
export function checkSomeImportance(importance: ArrayLike<number>): void {
  if (Array.from(importance).some((v) => v > 0)) return;
  throw new RangeError('importance: all are 0; give at least one feature an importance above 0');
}

function perFeatureKurtosis(kurtosis: number | ArrayLike<number>, features: number): Float64Array {
  const values =
    typeof kurtosis === 'number'
      ? new Float64Array(features).fill(kurtosis)
      : new Float64Array(kurtosis);
  if (values.length !== features) {
    throw new RangeError(
      `kurtosis: ${values.length} values for ${features} features; give one number for all, or one per feature`,
    );
  }
  values.forEach((k, i) => {
    if (!(k >= 1 && k <= GREATEST_KURTOSIS)) {
      throw new RangeError(
        `kurtosis: feature ${i} has ${k}; must be at least 1 (3 for a Gaussian) and at most ${GREATEST_KURTOSIS}`,
      );
    }
  });
  return values;
}
