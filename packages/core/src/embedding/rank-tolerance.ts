import type { Precision } from './feature-source.ts';

/** 32 units in the last place of float32. */
const FLOAT32_TOLERANCE = 32 * 2 ** -23;

/** Number of features and of dimensions. */
interface Size {
  readonly features: number;
  readonly dims: number;
}

/** The tolerance of `leftSingular` and `measureStream`, relative to the largest singular value. */
export function relativeTolerance(precision: Precision, { features, dims }: Size): number {
  return precision === 'float32' ? FLOAT32_TOLERANCE : Math.max(features, dims) * Number.EPSILON;
}

/**
 * True if rounding may have decided the rank: the smallest singular value that counts is below 8 times the tolerance, or the
 * largest that does not count is above half of it. For float64 data it is also in doubt if the latter is larger than rounding
 * makes it, which is 4 sqrt(max(N, D)) 2^-52 of the largest: of large matrices the tolerance is much larger than that.
 *
 * @param values singular values, largest first: all that count, then at least one more if there are more.
 * @param rank number of values that count.
 */
export function isRankInDoubt(
  precision: Precision,
  size: Size,
  values: ArrayLike<number>,
  rank: number,
): boolean {
  if (rank === 0) return false;
  const tolerance = relativeTolerance(precision, size);
  const rounding =
    precision === 'float32'
      ? Infinity
      : 4 * Math.sqrt(Math.max(size.features, size.dims)) * Number.EPSILON;
  const smallest = values[rank - 1] / values[0];
  const dropped = rank < values.length ? values[rank] / values[0] : 0;
  return smallest < 8 * tolerance || dropped > Math.min(tolerance / 2, rounding);
}
