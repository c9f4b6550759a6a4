import type { MemoryLayout } from '../../wasm/layout.ts';
import { TILE_COLUMNS, TILE_ROWS } from './emit-product.ts';
import type { Program } from './program.ts';

/** Reflections that are applied together, and eigenvectors that they are applied to at once. */
const REFLECTIONS = 32;
const VECTORS_AT_ONCE = 128;
/** Terms of sums that are added together: two panels of factors fit the first cache. */
const TERMS_AT_ONCE = 256;

/** Addresses of what the back transformation works on. */
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

/** Takes the places needed beside reflections and eigenvectors. */
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
 * Multiplies eigenvectors of T by Q, some at a time, and hands them over as rows of length n: `order` names the rows in the
 * order wanted. A block of reflections is I - V^T F V with the small triangle F, so that almost all is products of matrices.
 * Source: Schreiber & Van Loan, SIAM J. Sci. Stat. Comput. 10 (1989), 53-57.
 */
export function backTransform(
  program: Program,
  memory: BackMemory,
  scales: Float64Array,
  order: readonly number[],
  out: Float64Array,
  onProgress: (fraction: number) => void,
): void {
  const n = scales.length;
  const blocks = Math.ceil(n / REFLECTIONS);
  for (let block = 0; block < blocks; block++) makeFactor(program, memory, scales, block);
  for (let at = 0; at < n; at += VECTORS_AT_ONCE) {
    const rows = order.slice(at, at + VECTORS_AT_ONCE);
    const panels = Math.ceil(rows.length / TILE_COLUMNS);
    gather(program, memory, n, rows);
    for (let block = 0; block < blocks; block++) applyBlock(program, memory, n, block, panels);
    scatter(program, memory, n, rows);
    rows.forEach((row, r) => {
      const from = (memory.vectors + row * memory.stride) / 8;
      out.set(program.numbers.subarray(from, from + n), (at + r) * n);
    });
    onProgress(Math.min(1, (at + VECTORS_AT_ONCE) / n));
  }
}

/** The reflections of a block as rows of one length, filled up with zeros. */
function unpackBlock({ numbers }: Program, memory: BackMemory, n: number, block: number) {
  const first = block * REFLECTIONS;
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

/** The triangle F of a block, packed as the left factor of F^T X. */
function makeFactor(
  program: Program,
  memory: BackMemory,
  scales: Float64Array,
  block: number,
): void {
  const { numbers } = program;
  const { first, count, length } = unpackBlock(program, memory, scales.length, block);
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
  const packed = memory.factors / 8 + block * REFLECTIONS * REFLECTIONS;
  for (let r = 0; r < REFLECTIONS; r++) {
    const panel = Math.floor(r / TILE_ROWS) * REFLECTIONS;
    for (let k = 0; k < REFLECTIONS; k++) {
      numbers[packed + (panel + k) * TILE_ROWS + (r % TILE_ROWS)] = factor[k * REFLECTIONS + r];
    }
  }
}

function applyBlock(
  program: Program,
  memory: BackMemory,
  n: number,
  block: number,
  panels: number,
): void {
  const { numbers } = program;
  const { length } = unpackBlock(program, memory, n, block);
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
    memory.factors + 8 * block * REFLECTIONS * REFLECTIONS,
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

/** Eigenvectors side by side, eight in a panel; and back. Places beyond the last repeat it. */
function gather(program: Program, memory: BackMemory, n: number, rows: readonly number[]): void {
  eachPair(memory, n, rows, (panel, p, q) => {
    program.interleave(panel, 64, p, q, n + (n & 1));
  });
}

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
