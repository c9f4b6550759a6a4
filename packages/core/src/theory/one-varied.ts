import { returnsToCapacity } from './quadratic.ts';

/** N features in D dimensions, all of the same kurtosis: one of importance V, which is varied, the others of importance 1. */
export interface OneVaried {
  /** N, at least 2. */
  readonly features: number;
  /** D, an integer from 1 to N - 1. */
  readonly dims: number;
  /** k >= 1. */
  readonly kurtosis: number;
}

/** The importances at which the varied feature changes phase. */
export interface PhaseBoundaries {
  /** The varied feature is ignored for V up to this. */
  readonly ignoredUpTo: number;
  /** It has a dimension of its own for V from this on. */
  readonly fullFrom: number;
}

/**
 * Phase boundaries of the quadratic model in V, in closed form (arXiv:2210.01892, equations 17 and 18):
 *
 *   ignored up to V = 2 (N - 1) / ((k - 3) D + 2 (N - 1)),
 *   full from     V = (k - 1) (N - 1) / ((k - 3) (D - 1) + 2 (N - 1)).
 *
 * For k <= 3 both are 1: there is no partial phase.
 *
 * @param problem N, D and k.
 * @returns the importances V at which the varied feature changes phase.
 * @throws RangeError if a size or the kurtosis is invalid.
 * @example
 * ```js
 * import { phaseBoundaries } from 'polysem/theory';
 * phaseBoundaries({ features: 2, dims: 1, kurtosis: 9 }); // { ignoredUpTo: 0.25, fullFrom: 4 }
 * ```
 */
export function phaseBoundaries(problem: OneVaried): PhaseBoundaries {
  checkOneVaried(problem);
  const { features, dims, kurtosis } = problem;
  if (returnsToCapacity(kurtosis) !== 'diminishing') return { ignoredUpTo: 1, fullFrom: 1 };
  const others = features - 1;
  return {
    ignoredUpTo: (2 * others) / ((kurtosis - 3) * dims + 2 * others),
    fullFrom: ((kurtosis - 1) * others) / ((kurtosis - 3) * (dims - 1) + 2 * others),
  };
}

/**
 * Capacity of the varied feature at importance V, in closed form. Where k > 3 and all features are partial,
 *
 *   C = V ((k - 3) D + 2 N) / ((k - 3) (N - 1 + V)) - 2 / (k - 3)   [from equation 15].
 *
 * For k <= 3 it is 0 below V = 1 and 1 above. At V = 1 many allocations are optimal: for k = 3 the even one, D / N, is
 * returned; for k < 3 none is even, and null is returned.
 *
 * @param problem N, D and k.
 * @param importance V, positive.
 * @returns the capacity in [0, 1], or null at V = 1 for k < 3.
 * @throws RangeError if a size or the kurtosis is invalid, or V is not positive.
 * @example
 * ```js
 * import { variedCapacity } from 'polysem/theory';
 * variedCapacity({ features: 2, dims: 1, kurtosis: 9 }, 2); // 0.778
 * ```
 */
export function variedCapacity(problem: OneVaried, importance: number): number | null {
  checkOneVaried(problem);
  if (!(importance > 0)) throw new RangeError(`importance: must be positive, got ${importance}`);
  const { features, dims, kurtosis } = problem;
  const kind = returnsToCapacity(kurtosis);
  if (kind !== 'diminishing') {
    if (importance !== 1) return importance > 1 ? 1 : 0;
    return kind === 'constant' ? dims / features : null;
  }
  const { ignoredUpTo, fullFrom } = phaseBoundaries(problem);
  if (importance <= ignoredUpTo) return 0;
  if (importance >= fullFrom) return 1;
  const excess = kurtosis - 3;
  return (
    (importance * (excess * dims + 2 * features)) / (excess * (features - 1 + importance)) -
    2 / excess
  );
}

/** @throws RangeError naming the field, its value and what it must be. */
export function checkOneVaried({ features, dims, kurtosis }: OneVaried): void {
  if (!Number.isInteger(features) || features < 2) {
    throw new RangeError(`features: must be an integer of at least 2, got ${features}`);
  }
  if (!Number.isInteger(dims) || dims < 1 || dims >= features) {
    throw new RangeError(`dims: must be an integer from 1 to ${features - 1}, got ${dims}`);
  }
  if (!(kurtosis >= 1 && kurtosis < Infinity)) {
    throw new RangeError(`kurtosis: must be finite and at least 1, got ${kurtosis}`);
  }
}
