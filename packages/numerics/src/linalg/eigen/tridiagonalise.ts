import type { MemoryLayout } from '../../wasm/layout.ts';
import { TILE_COLUMNS, TILE_ROWS } from './emit-product.ts';
import type { Program } from './program.ts';

/** Rows that are reduced before the rest of the matrix is updated. */
const PANEL_ROWS = 32;
/** Rows of the matrix that are updated together: their panels of factors stay in the second-level cache. */
const ROWS_AT_ONCE = 64;
/** A row shorter than this, in a matrix whose largest entry is near 1, counts as zero. */
const NEGLIGIBLE = 2 ** -450;

/** Addresses of the data of the reduction. */
export interface ReductionMemory {
  readonly matrix: number;
  /** Bytes per row. */
  readonly stride: number;
  /** 2 PANEL_ROWS rows: v and w of each reflection of the panel. */
  readonly vectors: number;
  readonly coefficients: number;
  readonly scratch: number;
  readonly left: number;
  readonly right: number;
}

/** A tridiagonal matrix T and the scales of the reflections that produced it. `offDiagonal[i]` couples i and i + 1. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly offDiagonal: Float64Array;
  readonly scales: Float64Array;
}

/** Numbers per row: an odd number of whole cache lines, so that a column does not fall on few cache sets. */
export function rowStride(n: number): number {
  const lines = Math.ceil((n + TILE_COLUMNS) / 8);
  return 8 * (lines % 2 === 0 ? lines + 1 : lines);
}

/** Reserves the memory needed in addition to the matrix. */
export function reductionMemory(layout: MemoryLayout, matrix: number, n: number): ReductionMemory {
  const stride = 8 * rowStride(n);
  const padded = Math.ceil(n / TILE_COLUMNS) * TILE_COLUMNS;
  return {
    matrix,
    stride,
    vectors: layout.take(2 * PANEL_ROWS * stride),
    coefficients: layout.take(16 * 2 * PANEL_ROWS),
    scratch: layout.take(256),
    left: layout.take(16 * PANEL_ROWS * padded),
    right: layout.take(16 * PANEL_ROWS * padded),
  };
}

/**
 * A = Q T Q^T for the symmetric matrix whose lower triangle is in memory, row by row, with its largest entry near 1. Rows are
 * reduced from the last to the first, Q = H(n-1) .. H(1), H(i) = I - scale(i) v(i) v(i)^T; v(i) is stored in the first i
 * entries of row i. The unreduced part is updated once per panel of rows by a product of matrices; until then, pending
 * updates are added to the entries that are read.
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
    const start = Math.floor((end - 1) / PANEL_ROWS) * PANEL_ROWS;
    for (let row = end - 1; row >= start; row--) {
      reduceRow(program, memory, row, 2 * (end - 1 - row), result);
    }
    if (start > 0) updateRest(program, memory, start, 2 * (end - start));
    end = start;
    onProgress(1 - (end * end * end) / (n * n * n));
  }
  return result;
}

/** Reduces one row. The first `before` rows of `vectors` belong to the earlier reflections of this panel. */
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
    const products = coefficients + 8 * 2 * PANEL_ROWS;
    program.dots(products, vectors, stride, before, 8 * v, roundedUp(row), scratch);
    for (let r = 0; r < before; r++) numbers[factors + r] = numbers[products / 8 + (r ^ 1)];
    program.combine(8 * w, vectors, stride, before, coefficients, roundedUp(row));
  }
  program.dots(coefficients, 8 * w, stride, 1, 8 * v, roundedUp(row), scratch);
  const half = (scale * scale * numbers[factors]) / 2;
  for (let j = 0; j < row; j++) numbers[w + j] = scale * numbers[w + j] - half * numbers[v + j];
  numbers.copyWithin(line, v, v + row);
}

/** Subtracts v w^T + w v^T of the panel's reflections from the rows before `size`, a multiple of PANEL_ROWS. */
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
