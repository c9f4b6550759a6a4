import { memoryLayout } from '../../wasm/layout.ts';
import type { Program } from './program.ts';
import {
  reductionMemory,
  rowStride,
  tridiagonalise,
  type ReductionMemory,
  type Tridiagonal,
} from './tridiagonalise.ts';

/** Places of an n x n matrix and of the other data of its reduction, from the first address on. */
export function reductionPlaces(n: number): { memory: ReductionMemory; size: number } {
  const layout = memoryLayout();
  const matrix = layout.take(8 * rowStride(n) * (n + 4));
  return { memory: reductionMemory(layout, matrix, n), size: layout.size() };
}

/** Reduces the matrix that `fill` writes to tridiagonal form. */
export function reduce(
  made: Program,
  memory: ReductionMemory,
  n: number,
  fill: (numbers: Float64Array, at: number, step: number) => void,
  onProgress: (fraction: number) => void,
): Tridiagonal {
  fill(made.numbers, memory.matrix / 8, memory.stride / 8);
  return tridiagonalise(made, memory, n, onProgress);
}
