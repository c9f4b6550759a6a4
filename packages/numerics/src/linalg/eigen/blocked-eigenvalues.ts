import { implicitQL, largestEntry } from './implicit-ql.ts';
import { program } from './program.ts';
import { reduce, reductionPlaces } from './reduction.ts';

/** Eigenvalues, largest first: the reduction of `blockedEigen`, then QL. Memory: n^2 numbers. */
export function blockedEigenvalues(
  n: number,
  fill: (numbers: Float64Array, at: number, step: number) => void,
  onProgress: (fraction: number) => void,
): Float64Array | null {
  const { memory, size } = reductionPlaces(n);
  const made = program(size);
  if (made === null) return null;
  const { diagonal, offDiagonal } = reduce(made, memory, n, fill, onProgress);
  made.close();
  implicitQL(diagonal, offDiagonal, null, largestEntry(diagonal, offDiagonal));
  return diagonal.toSorted((x, y) => y - x);
}
