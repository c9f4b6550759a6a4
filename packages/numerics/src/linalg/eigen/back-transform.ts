import type { MemoryLayout } from '../../wasm/layout.ts';
import { TILE_COLUMNS, TILE_ROWS } from './emit-product.ts';
import type { Program } from './program.ts';

/** Reflections applied together, and eigenvectors that they are applied to at once. */
const REFLECTIONS = 32;
const VECTORS_AT_ONCE = 128;
/** Terms per partial sum: two panels of factors fit in the first-level cache. */
const TERMS_AT_ONCE = 256;

/** Addresses of the data of the back transformation. */
export interface BackMemory {
  /** Row i of the reflections, i numbers, begins at number i (i - 1) / 2. */
  readonly reflections: number;
  readonly vectors: number;
  readonly stride: number;
  readonly rows: number;
  readonly factors: number;
  readonly dots: number;
  readonly scratch: number;
  readonly alongRows: number;
  readonly acrossRows: number;
  readonly panels: number;
  readonly projections: number;
  readonly turned: number;
}

/** Reserves the memory needed in addition to reflections and eigenvectors. */
export function backMemory(
  layout: MemoryLayout,
  given: { readonly reflections: number; readonly vectors: number; readonly stride: number },
  n: number,
): BackMemory {
  const padded = Math.ceil(n / TILE_COLUMNS) * TILE_COLUMNS + TILE_COLUMNS;
  const panels = VECTORS_AT_ONCE / TILE_COLUMNS;
  return {
    ...given,
    rows: layout.take(8 * REFLECTIONS * padded),
    factors: layout.take(8 * REFLECTIONS * (n + REFLECTIONS)),
    dots: layout.take(8 * REFLECTIONS),
    scratch: layout.take(256),
    alongRows: layout.take(8 * REFLECTIONS * padded),
    acrossRows: layout.take(8 * REFLECTIONS * padded),
    panels: layout.take(64 * panels * padded),
    projections: layout.take(64 * panels * REFLECTIONS),
    turned: layout.take(64 * panels * REFLECTIONS),
  };
}

/**
 * Multiplies eigenvectors of T by Q, in groups, and copies them to `out` as rows of length n, in the order given by `order`.
 * A group of reflections is I - V^T F V with a small triangular F, so that nearly all work is products of matrices.
 * Source: Schreiber & Van Loan, SIAM J. Sci. Stat. Comput. 10 (1989), 53-57.
 */
export function backTransform(
  program: Program,
  memory: BackMemory,
  scales: Float64Array,
  { order, out }: { readonly order: readonly number[]; readonly out: Float64Array },
  onProgress: (fraction: number) => void,
): void {
  const n = scales.length;
  const groups = Math.ceil(n / REFLECTIONS);
  for (let group = 0; group < groups; group++) makeFactor(program, memory, scales, group);
  for (let at = 0; at < n; at += VECTORS_AT_ONCE) {
    const rows = order.slice(at, at + VECTORS_AT_ONCE);
    const panels = Math.ceil(rows.length / TILE_COLUMNS);
    gather(program, memory, n, rows);
    for (let group = 0; group < groups; group++) applyGroup(program, memory, n, group, panels);
    scatter(program, memory, n, rows);
    rows.forEach((row, r) => {
      const from = (memory.vectors + row * memory.stride) / 8;
      out.set(program.numbers.subarray(from, from + n), (at + r) * n);
    });
    onProgress(Math.min(1, (at + VECTORS_AT_ONCE) / n));
  }
}

/** The reflections of a group as rows of equal length, padded with zeros. */
function unpackGroup({ numbers }: Program, memory: BackMemory, n: number, group: number) {
  const first = group * REFLECTIONS;
  const count = Math.min(REFLECTIONS, n - first);
  const length = Math.ceil((first + count) / TILE_COLUMNS) * TILE_COLUMNS;
  const rows = memory.rows / 8;
  numbers.fill(0, rows, rows + REFLECTIONS * length);
  for (let r = 0; r < count; r++) {
    const row = first + r;
    const from = memory.reflections / 8 + (row * (row - 1)) / 2;
    numbers.copyWithin(rows + r * length, from, from + row);
  }
  return { first, count, length };
}

/** The triangle F of a group, packed as the left factor of F^T X. */
function makeFactor(
  program: Program,
  memory: BackMemory,
  scales: Float64Array,
  group: number,
): void {
  const { numbers } = program;
  const { first, count, length } = unpackGroup(program, memory, scales.length, group);
  const factor = new Float64Array(REFLECTIONS * REFLECTIONS);
  for (let r = 0; r < count; r++) {
    const scale = scales[first + r];
    factor[r * REFLECTIONS + r] = scale;
    if (r === 0 || scale === 0) continue;
    const x = memory.rows + 8 * r * length;
    program.dots(memory.dots, memory.rows, 8 * length, r, x, length, memory.scratch);
    for (let i = 0; i < r; i++) {
      let sum = 0;
      for (let k = i; k < r; k++) sum += factor[i * REFLECTIONS + k] * numbers[memory.dots / 8 + k];
      factor[i * REFLECTIONS + r] = -scale * sum;
    }
  }
  const packed = memory.factors / 8 + group * REFLECTIONS * REFLECTIONS;
  for (let r = 0; r < REFLECTIONS; r++) {
    const panel = Math.floor(r / TILE_ROWS) * REFLECTIONS;
    for (let k = 0; k < REFLECTIONS; k++) {
      numbers[packed + (panel + k) * TILE_ROWS + (r % TILE_ROWS)] = factor[k * REFLECTIONS + r];
    }
  }
}

/** X <- X - V^T F V X for a group of reflections. */
// Long because each of the three matrix products takes ten arguments.
function applyGroup(
  program: Program,
  memory: BackMemory,
  n: number,
  group: number,
  panels: number,
): void {
  const { numbers } = program;
  const { length } = unpackGroup(program, memory, n, group);
  const panelBytes = 64 * Math.ceil(n / TILE_COLUMNS) * TILE_COLUMNS;
  const smallPanel = 64 * REFLECTIONS;
  for (let r = 0; r < REFLECTIONS; r++) {
    const row = memory.rows + 8 * r * length;
    program.spread4(memory.acrossRows + 32 * r, 32 * REFLECTIONS, row, length / TILE_ROWS);
    if (r % 2 === 1) continue;
    const panel = memory.alongRows + 32 * length * Math.floor(r / TILE_ROWS);
    const to = panel + 8 * (r % TILE_ROWS);
    program.interleave(to, 32, row, row + 8 * length, length);
  }
  const smallNumbers = (smallPanel * panels) / 8;
  numbers.fill(0, memory.projections / 8, memory.projections / 8 + smallNumbers);
  numbers.fill(0, memory.turned / 8, memory.turned / 8 + smallNumbers);
  const smallRows = REFLECTIONS / TILE_ROWS;
  for (let k = 0; k < length; k += TERMS_AT_ONCE) {
    program.multiplyAdd(
      memory.projections,
      64,
      smallPanel,
      memory.alongRows + 32 * k,
      32 * length,
      smallRows,
      memory.panels + 64 * k,
      panelBytes,
      panels,
      Math.min(TERMS_AT_ONCE, length - k),
    );
  }
  program.multiplyAdd(
    memory.turned,
    64,
    smallPanel,
    memory.factors + 8 * group * REFLECTIONS * REFLECTIONS,
    32 * REFLECTIONS,
    smallRows,
    memory.projections,
    smallPanel,
    panels,
    REFLECTIONS,
  );
  program.multiplySubtract(
    memory.panels,
    64,
    panelBytes,
    memory.acrossRows,
    32 * REFLECTIONS,
    length / TILE_ROWS,
    memory.turned,
    smallPanel,
    panels,
    REFLECTIONS,
  );
}

/** Interleaves eigenvectors, eight per panel. Unused columns of the last panel repeat the last eigenvector. */
function gather(program: Program, memory: BackMemory, n: number, rows: readonly number[]): void {
  eachPair(memory, n, rows, (panel, p, q) => {
    program.interleave(panel, 64, p, q, n + (n & 1));
  });
}

/** Undoes {@link gather}. */
function scatter(program: Program, memory: BackMemory, n: number, rows: readonly number[]): void {
  eachPair(memory, n, rows, (panel, p, q) => {
    program.separate(panel, 64, p, q, n + (n & 1));
  });
}

function eachPair(
  { panels, vectors, stride }: BackMemory,
  n: number,
  rows: readonly number[],
  visit: (panel: number, p: number, q: number) => void,
): void {
  const panelBytes = 64 * Math.ceil(n / TILE_COLUMNS) * TILE_COLUMNS;
  const address = (r: number): number => vectors + rows[Math.min(r, rows.length - 1)] * stride;
  const whole = Math.ceil(rows.length / TILE_COLUMNS) * TILE_COLUMNS;
  for (let r = 0; r < whole; r += 2) {
    const panel = panels + panelBytes * Math.floor(r / TILE_COLUMNS) + 8 * (r % TILE_COLUMNS);
    visit(panel, address(r), address(r + 1));
  }
}
