/** Elements of a storage from one place along each axis to the next: C order is the last axis' 1 and growing from there. */
export type Strides = readonly number[];

/** How the elements of a tensor follow each other: in C order (last axis fastest), in Fortran order, or with gaps. */
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

/** How many elements of a storage lie between a tensor's first and its last, both counted; Infinity if beyond all bounds. */
export function extentOf(shape: readonly number[], strides: Strides): number {
  if (shape.includes(0)) return 0;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], 0);
  return Number.isSafeInteger(last) ? last + 1 : Infinity;
}
