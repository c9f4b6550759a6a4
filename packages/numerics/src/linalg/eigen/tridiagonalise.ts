import type { MemoryLayout } from '../../wasm/layout.ts';
import { TILE_COLUMNS, TILE_ROWS } from './emit-product.ts';
import type { Program } from './program.ts';

/** Rows that are reduced before the rest of the matrix is brought up to date with them. */
export const BLOCK = 32;
/** Rows of the matrix that are brought up to date together: their panels of factors stay in the second cache. */
const ROWS_AT_ONCE = 64;
/** A row shorter than this beside a matrix with a largest entry near 1 is zero. */
const NEGLIGIBLE = 2 ** -450;

/** Addresses of what the reduction works on. */
export interface ReductionMemory {
  readonly matrix: number;
  /** Bytes from row to row. */
  readonly stride: number;
  /** 2 BLOCK rows: v and w of each reflection of the block. */
  readonly vectors: number;
  readonly coefficients: number;
  readonly scratch: number;
  readonly left: number;
  readonly right: number;
}

/** T in two arrays, and the scales of the reflections that make it. `offDiagonal[i]` couples i and i + 1. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly offDiagonal: Float64Array;
  readonly scales: Float64Array;
}

/** Numbers to the next row: whole lines of the cache, an odd number of them, so that a column does not fall on few sets of it. */
export function rowStride(n: number): number {
  const lines = Math.ceil((n + TILE_COLUMNS) / 8);
  return 8 * (lines % 2 === 0 ? lines + 1 : lines);
}

/** Takes the places that a reduction needs beside the matrix. */
export function reductionMemory(layout: MemoryLayout, matrix: number, n: number): ReductionMemory {
  const stride = 8 * rowStride(n);
  const padded = Math.ceil(n / TILE_COLUMNS) * TILE_COLUMNS;
  return {
    matrix,
    stride,
    vectors: layout.take(2 * BLOCK * stride),
    coefficients: layout.take(16 * 2 * BLOCK),
    scratch: layout.take(256),
    left: layout.take(16 * BLOCK * padded),
    right: layout.take(16 * BLOCK * padded),
  };
}

/**
 * A = Q T Q^T for the symmetric matrix whose lower triangle stands in memory, row by row, with its largest entry near 1.
 * Rows are reduced from the last to the first, Q = H(n-1) .. H(1), H(i) = I - scale(i) v(i) v(i)^T; v(i) is left in the
 * first i places of row i. The part not reduced yet is updated once a block, by a product of matrices; in between, the
 * updates it still lacks are added to what is read from it.
 * Source: Dongarra, Hammarling & Sorensen, J. Comput. Appl. Math. 27 (1989), 215-227.
 */
export function tridiagonalise(
  program: Program,
  memory: ReductionMemory,
  n: number,
  onProgress: (fraction: number) => void,
): Tridiagonal {
  const result = {
    diagonal: new Float64Array(n),
    offDiagonal: new Float64Array(n),
    scales: new Float64Array(n),
  };
  for (let end = n; end > 0;) {
    const start = Math.floor((end - 1) / BLOCK) * BLOCK;
    for (let row = end - 1; row >= start; row--) {
      reduceRow(program, memory, row, 2 * (end - 1 - row), result);
    }
    if (start > 0) updateRest(program, memory, start, 2 * (end - start));
    end = start;
    onProgress(1 - (end / n) ** 3);
  }
  return result;
}

/** Reduces one row; `before` rows of vectors are those of the reflections of this block so far. */
function reduceRow(
  program: Program,
  { matrix, stride, vectors, coefficients, scratch }: ReductionMemory,
  row: number,
  before: number,
  { diagonal, offDiagonal, scales }: Tridiagonal,
): void {
  const { numbers } = program;
  const line = (matrix + row * stride) / 8;
  const step = stride / 8;
  const factors = coefficients / 8;
  if (before > 0) {
    for (let r = 0; r < before; r++)
      numbers[factors + r] = numbers[vectors / 8 + (r ^ 1) * step + row];
    program.combine(8 * line, vectors, stride, before, coefficients, roundedUp(row + 1));
  }
  diagonal[row] = numbers[line + row];
  const v = vectors / 8 + before * step;
  const w = v + step;
  numbers.fill(0, v, v + 2 * step);
  if (row === 0) return;

  const head = numbers[line + row - 1];
  numbers.copyWithin(v, line, line + row - 1);
  program.dots(coefficients, 8 * v, stride, 1, 8 * v, roundedUp(row), scratch);
  const rest = numbers[factors];
  if (rest <= NEGLIGIBLE * NEGLIGIBLE) {
    numbers.fill(0, v, v + row);
    numbers.fill(0, line, line + row);
    offDiagonal[row - 1] = head;
    return;
  }
  const norm = Math.sqrt(head * head + rest);
  const beta = head > 0 ? -norm : norm;
  const scale = (beta - head) / beta;
  const factor = 1 / (head - beta);
  for (let j = 0; j < row - 1; j++) numbers[v + j] *= factor;
  numbers[v + row - 1] = 1;
  offDiagonal[row - 1] = beta;
  scales[row] = scale;

  program.symmetricProduct(8 * w, matrix, stride, 8 * v, row, scratch);
  numbers.fill(0, w + row, w + roundedUp(row));
  if (before > 0) {
    const products = coefficients + 8 * 2 * BLOCK;
    program.dots(products, vectors, stride, before, 8 * v, roundedUp(row), scratch);
    for (let r = 0; r < before; r++) numbers[factors + r] = numbers[products / 8 + (r ^ 1)];
    program.combine(8 * w, vectors, stride, before, coefficients, roundedUp(row));
  }
  program.dots(coefficients, 8 * w, stride, 1, 8 * v, roundedUp(row), scratch);
  const half = (scale * scale * numbers[factors]) / 2;
  for (let j = 0; j < row; j++) numbers[w + j] = scale * numbers[w + j] - half * numbers[v + j];
  numbers.copyWithin(line, v, v + row);
}

/** Subtracts v w^T + w v^T of the block's reflections from the rows before `size`, a multiple of BLOCK. */
function updateRest(
  program: Program,
  { matrix, stride, vectors, left, right }: ReductionMemory,
  size: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) {
    const [x, y] = [vectors + k * stride, vectors + (k ^ 1) * stride];
    program.spread4(left + 32 * k, 32 * count, x, size / TILE_ROWS);
    program.spread8(right + 64 * k, 64 * count, y, size / TILE_COLUMNS);
  }
  for (let from = 0; from < size; from += ROWS_AT_ONCE) {
    const to = Math.min(size, from + ROWS_AT_ONCE);
    program.multiplySubtract(
      matrix + from * stride,
      stride,
      8 * TILE_COLUMNS,
      left + (from / TILE_ROWS) * 32 * count,
      32 * count,
      (to - from) / TILE_ROWS,
      right,
      64 * count,
      to / TILE_COLUMNS,
      count,
    );
  }
}

/** The next multiple of four. */
function roundedUp(length: number): number {
  return (length + 3) & ~3;
}
