export function nonNegativeFit(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): Float64Array;
