/**
 * Quantile of sorted numbers, interpolated linearly between neighbours (the default of R and NumPy).
 *
 * @param sorted numbers in ascending order.
 * @param p probability in [0, 1].
 * @returns the p-quantile; NaN for an empty list.
 * @example
 * ```js
 * import { quantile } from 'polysem/elementary';
 * quantile(Float64Array.of(0, 1, 2, 10), 0.5); // 1.5
 * ```
 */
export function quantile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return NaN;
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  const low = sorted[below];
  // The case of equal neighbours also avoids Infinity - Infinity.
  return sorted[above] === low ? low : low + (position - below) * (sorted[above] - low);
}

/**
 * Median of sorted numbers: the middle one, or the mean of the two in the middle.
 *
 * @param sorted numbers in ascending order, at least one.
 * @returns the median.
 * @example
 * ```js
 * import { medianOfSorted } from 'polysem/elementary';
 * medianOfSorted([1, 2, 4, 10]); // 3
 * ```
 */
export function medianOfSorted(sorted: ArrayLike<number>): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
