/** Numbers of rows `from` .. to - 1 of a lower triangle, row r having r + 1 of them. */
export function triangleSize(from: number, to: number): number {
  return (to * (to + 1) - from * (from + 1)) / 2;
}

/** Rows `from` .. to - 1 of a lower triangle, one after the other, as they lie in a matrix of rows `from` on. */
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
