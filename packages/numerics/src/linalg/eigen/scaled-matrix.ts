/** Size from which the blocked algorithm is faster than the plain one. */
export const BLOCKED_FROM = 48;

/** A power of two that brings the largest entry near 1, if its square could overflow or underflow; otherwise 1. */
export function scaleFactor(matrix: Float64Array, n: number, caller: string): number {
  if (matrix.length !== n * n) {
    throw new RangeError(
      `${caller}: expected ${n} x ${n} = ${n * n} numbers, got ${matrix.length}`,
    );
  }
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const magnitude = Math.abs(matrix[i * n + j]);
      if (!(magnitude < Infinity)) {
        throw new RangeError(
          `${caller}: entry (${i}, ${j}) is ${matrix[i * n + j]}; every entry must be a finite number`,
        );
      }
      if (magnitude > largest) largest = magnitude;
    }
  }
  if (largest === 0 || (largest > 2 ** -64 && largest < 2 ** 64)) return 1;
  return 2 ** Math.max(-1022, Math.min(1022, -Math.floor(Math.log2(largest))));
}

/** Values of the unscaled matrix. */
export function unscaled(values: Float64Array, factor: number): Float64Array {
  return factor === 1 ? values : values.map((value) => value / factor);
}

/** Copies the scaled lower triangle into memory. */
export function filling(matrix: Float64Array, n: number, factor: number) {
  return (numbers: Float64Array, at: number, step: number): void => {
    for (let i = 0; i < n; i++) {
      const row = at + i * step;
      for (let j = 0; j <= i; j++) numbers[row + j] = matrix[i * n + j] * factor;
    }
  };
}
