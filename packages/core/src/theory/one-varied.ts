import { returns } from './quadratic.ts';

/** One feature of importance V, the other N - 1 of importance 1, all of one kurtosis, in D dimensions. */
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
  /** The varied feature is ignored up to this V. */
  readonly ignoredUpTo: number;
  /** It has a dimension of its own from this V. */
  readonly fullFrom: number;
}

/**
 * Phase boundaries in V of the quadratic model, in closed form (arXiv:2210.01892, equations 17, 18):
 * ignored up to V = 2 (N - 1) / ((k - 3) D + 2 (N - 1)), full from V = (k - 1) (N - 1) / ((k - 3) (D - 1) + 2 (N - 1)).
 * At and below k = 3 both are 1: there is no partial phase.
 *
 * @throws RangeError if the sizes are malformed.
 */
export function phaseBoundaries(problem: OneVaried): PhaseBoundaries {
  check(problem);
  const { features, dims, kurtosis } = problem;
  if (returns(kurtosis) !== 'diminishing') return { ignoredUpTo: 1, fullFrom: 1 };
  const others = features - 1;
  return {
    ignoredUpTo: (2 * others) / ((kurtosis - 3) * dims + 2 * others),
    fullFrom: ((kurtosis - 1) * others) / ((kurtosis - 3) * (dims - 1) + 2 * others),
  };
}

/**
 * Capacity of the varied feature at importance V, in closed form. Where k > 3 and all features are partial,
 * C = V ((k - 3) D + 2 N) / ((k - 3) (N - 1 + V)) - 2 / (k - 3); at k <= 3 it is 0 below V = 1, 1 above, and at
 * V = 1, where many allocations are optimal, the even D / N at k = 3 and null below (none of them is even).
 *
 * @throws RangeError if the sizes are malformed or V is not positive.
 */
export function variedCapacity(problem: OneVaried, importance: number): number | null {
  check(problem);
  if (!(importance > 0)) throw new RangeError(`importance: must be positive, got ${importance}`);
  const { features, dims, kurtosis } = problem;
  const kind = returns(kurtosis);
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

function check({ features, dims, kurtosis }: OneVaried): void {
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
