/**
 * Rewrites an array from Fortran order (first axis fastest) to C order (last axis fastest). For two axes this
 * transposes the storage from by-column to by-row.
 *
 * @param data one number per element.
 * @param shape the shape, which stays the same.
 * @returns new data of the same type.
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

/**
 * Copies a range of an array in Fortran order, starting at element `first`, to its places in C order.
 *
 * @param out one number per element of `shape`.
 */
export function placeFortran<T extends Float64Array | Float32Array>(
  out: T,
  shape: readonly number[],
  first: number,
  portion: T,
): void {
  const strides: number[] = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  }
  const index: number[] = [];
  let rest = first;
  let to = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    index.push(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
    to += index[axis] * strides[axis];
  }
  for (const value of portion) {
    out[to] = value;
    for (let axis = 0; axis < shape.length; axis++) {
      index[axis] += 1;
      to += strides[axis];
      if (index[axis] < shape[axis]) break;
      to -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}
