/**
 * Number of entries in rows `from` .. to - 1 of a lower triangle, where row r has r + 1.
 *
 * @param from the first row.
 * @param to the row after the last.
 * @returns number of entries.
 * @example
 * ```js
 * import { triangleSize } from 'polysem/dense';
 * triangleSize(0, 3); // 6
 * ```
 */
export function triangleSize(from: number, to: number): number {
  return (to * (to + 1) - from * (from + 1)) / 2;
}

/** Rows `from` .. to - 1 of a lower triangle, one after another, from a matrix whose first row is row `from`. */
export function triangleOf(
  matrix: Float64Array,
  dims: number,
  from: number,
  to: number,
): Float64Array {
  const triangle = new Float64Array(triangleSize(from, to));
  for (let r = from, at = 0; r < to; at += ++r) {
    const start = (r - from) * dims;
    triangle.set(matrix.subarray(start, start + r + 1), at);
  }
  return triangle;
}
