/**
 * Rewrites an array from Fortran order (first axis fastest) to C order (last axis fastest).
 *
 * `shape` is the array's shape, the same before and after; `data` hold one number per element.
 * For two axes this is the transpose of a matrix, from storage by columns to storage by rows.
 * Returns new data of the same type.
 */
export function fortranToC<T extends Float64Array | Float32Array>(
  data: T,
  shape: readonly number[],
): T {
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape) {
    strides.push(stride);
    stride *= size;
  }
  const out = data.slice() as T;
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] += 1;
      from += strides[axis];
      if (index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
