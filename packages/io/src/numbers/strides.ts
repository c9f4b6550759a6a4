/**
 * Steps in elements of the storage from one index to the next along each axis; in C order the last axis has stride 1.
 */
export type Strides = readonly number[];

/** Classifies strides: C order (last axis fastest), Fortran order, or null for neither. */
export function orderOf(shape: readonly number[], strides: Strides): 'C' | 'F' | null {
  if (shape.includes(0)) return 'C';
  const follows = (axes: readonly number[]): boolean => {
    let step = 1;
    return axes.every((axis) => {
      const right = shape[axis] === 1 || strides[axis] === step;
      step *= shape[axis];
      return right;
    });
  };
  const axes = [...shape.keys()];
  if (follows(axes.toReversed())) return 'C';
  return follows(axes) ? 'F' : null;
}

/**
 * Counts the elements of a storage from the first to the last that a tensor uses; Infinity if the count is not a safe
 * integer.
 */
export function extentOf(shape: readonly number[], strides: Strides): number {
  if (shape.includes(0)) return 0;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], 0);
  return Number.isSafeInteger(last) ? last + 1 : Infinity;
}
