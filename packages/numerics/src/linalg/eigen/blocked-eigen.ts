import { memoryLayout } from '../../wasm/layout.ts';
import { wideVectors } from '../../wasm/wide-vectors.ts';
import { backMemory, backTransform } from './back-transform.ts';
import { divideAndConquer, divideMemory } from './divide.ts';
import { program, type Program } from './program.ts';
import { reduce, reductionPlaces } from './reduction.ts';
import { rowStride } from './tridiagonalise.ts';

/** Fractions of the work, by n^3 multiplications: reduction, divide and conquer at most, back transformation. */
const SHARES = { reduction: 0.35, divide: 0.25, back: 0.4 };

/**
 * Eigenvalues and eigenvectors in WebAssembly: blocked Householder tridiagonalisation, divide and conquer, blocked back
 * transformation, nearly all of it products of float64 matrices. Multiply-adds round twice and sums have a fixed order, so
 * every engine gives the same bytes. Values are sorted, largest first. Memory: 2 n^2 numbers in addition to the result.
 *
 * @param fill writes the lower triangle, row i starting at number `at + i * step`. Its largest entry must be near 1.
 * @param isWide whether to generate code for an engine that combines pairs of vectors.
 * @returns null if there is no WebAssembly with SIMD or not enough memory.
 */
export function blockedEigen(
  n: number,
  fill: (numbers: Float64Array, at: number, step: number) => void,
  onProgress: (fraction: number) => void,
  isWide: boolean = wideVectors(),
): { readonly values: Float64Array; readonly vectors: Float64Array } | null {
  const stride = 8 * rowStride(n);
  const reduction = reductionPlaces(n);
  const layout = memoryLayout();
  const reflections = layout.take(4 * n * n);
  const vectors = layout.take(n * stride);
  const shared = layout.size();
  const divide = divideMemory(layout, vectors, stride, n);
  // The back transformation reuses the memory of divide and conquer.
  const backLayout = memoryLayout(shared);
  const back = backMemory(backLayout, { reflections, vectors, stride }, n);
  const made = program(Math.max(reduction.size, layout.size(), backLayout.size()), isWide);
  if (made === null) return null;

  const { reduction: first, divide: second, back: third } = SHARES;
  const tridiagonal = reduce(made, reduction.memory, n, fill, (f) => onProgress(first * f));
  packReflections(made, reduction.memory.matrix, reflections, n);
  made.numbers.fill(0, vectors / 8, (vectors + n * stride) / 8);
  const d = divideAndConquer(made, divide, tridiagonal, (f) => onProgress(first + second * f));
  const order = Array.from(d.keys()).toSorted((i, j) => d[j] - d[i]);
  const result = {
    values: Float64Array.from(order, (i) => d[i]),
    vectors: new Float64Array(n * n),
  };
  const target = { order, out: result.vectors };
  backTransform(made, back, tridiagonal.scales, target, (f) =>
    onProgress(first + second + third * f),
  );
  made.close();
  return result;
}

/** Compacts the reflections, row after row. Each moves towards the start, over those already moved. */
function packReflections({ numbers }: Program, matrix: number, to: number, n: number): void {
  const step = rowStride(n);
  for (let i = 1; i < n; i++) {
    const from = matrix / 8 + i * step;
    numbers.copyWithin(to / 8 + (i * (i - 1)) / 2, from, from + i);
  }
}
