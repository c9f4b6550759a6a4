import type { MemoryLayout } from '../../wasm/layout.ts';
import { deflate, type Support } from './deflate.ts';
import { TILE_COLUMNS, TILE_ROWS } from './emit-product.ts';
import { implicitQL, largestEntry } from './implicit-ql.ts';
import type { Program } from './program.ts';
import { secularRoots, type SecularRoots } from './secular-roots.ts';
import type { Tridiagonal } from './tridiagonalise.ts';

/** Parts up to this size are solved by QL. */
const LEAF = 32;
/** Eigenvectors computed together, and terms per partial sum: both stay in the second-level cache. */
const VECTORS_AT_ONCE = 64;
const TERMS_AT_ONCE = 256;

/** Addresses of the data of divide and conquer. */
export interface DivideMemory {
  /** n rows of `stride` bytes, initially zero: eigenvectors as rows. */
  readonly vectors: number;
  readonly stride: number;
  readonly poles: number;
  readonly weights: number;
  readonly products: number;
  readonly groupedPoles: number;
  readonly groupedWeights: number;
  readonly points: number;
  readonly sums: number;
  readonly coefficients: number;
  readonly made: number;
  /** Memory for the packed eigenvectors of the halves, up to the end. */
  readonly packed: number;
}

/** Bytes that packed eigenvectors may need: each is in one half, or in both and has deflated another. */
function packedBytes(n: number): number {
  return 8 * (n + TILE_COLUMNS) * (Math.ceil(n / 2) + 2 * TILE_COLUMNS);
}

/** Reserves the memory needed in addition to the eigenvectors. */
export function divideMemory(
  layout: MemoryLayout,
  vectors: number,
  stride: number,
  n: number,
): DivideMemory {
  return {
    vectors,
    stride,
    poles: layout.take(8 * n),
    weights: layout.take(8 * n),
    products: layout.take(8 * n),
    groupedPoles: layout.take(8 * n),
    groupedWeights: layout.take(8 * n),
    points: layout.take(16 * TILE_ROWS),
    sums: layout.take(64),
    coefficients: layout.take(8 * n * VECTORS_AT_ONCE),
    made: layout.take(8 * (n + 2 * TILE_COLUMNS) * VECTORS_AT_ONCE),
    packed: layout.take(packedBytes(n)),
  };
}

/**
 * Eigenvalues of T, unsorted, with their eigenvectors in the rows of memory. T is split into halves,
 * T = (T1, T2) + rho u u^T; the halves are solved recursively and combined by the roots of the secular equation. Weights are
 * recomputed from the roots found, so that eigenvectors are orthogonal even for close roots.
 * Sources: Cuppen, Numer. Math. 36 (1981), 177-195; Gu & Eisenstat, SIAM J. Matrix Anal. Appl. 16 (1995), 172-191.
 */
export function divideAndConquer(
  program: Program,
  memory: DivideMemory,
  { diagonal, offDiagonal }: Tridiagonal,
  onProgress: (fraction: number) => void,
): Float64Array {
  const n = diagonal.length;
  const d = diagonal.slice();
  // Relative to the norm of T, not of the part: accuracy cannot be better, and quotients stay far from overflow.
  const norm = largestEntry(d, offDiagonal);
  const tolerance = 4 * Number.EPSILON * norm;
  let done = 0;
  const solve = (from: number, size: number): void => {
    if (size <= LEAF) {
      solveLeaf(program, memory, { d, e: offDiagonal, norm }, from, size);
      return;
    }
    const top = TILE_COLUMNS * Math.round(size / (2 * TILE_COLUMNS));
    const middle = from + top;
    const rho = Math.abs(offDiagonal[middle - 1]);
    d[middle - 1] -= rho;
    d[middle] -= rho;
    solve(from, top);
    solve(middle, size - top);
    const coupling = offDiagonal[middle - 1];
    merge(program, memory, d, { from, top, size, coupling }, tolerance);
    done += size * size * size;
    onProgress(Math.min(1, (done / (n * n * n)) * 0.75));
  };
  solve(0, n);
  return d;
}

function solveLeaf(
  { numbers }: Program,
  { vectors, stride }: DivideMemory,
  { d, e, norm }: { readonly d: Float64Array; readonly e: Float64Array; readonly norm: number },
  from: number,
  size: number,
): void {
  const basis = new Float64Array(size * size);
  for (let i = 0; i < size; i++) basis[i * size + i] = 1;
  const values = d.subarray(from, from + size);
  const couplings = e.slice(from, from + size);
  couplings[size - 1] = 0;
  implicitQL(values, couplings, basis, norm);
  for (let i = 0; i < size; i++) {
    const row = (vectors + (from + i) * stride) / 8 + from;
    numbers.set(basis.subarray(i * size, (i + 1) * size), row);
  }
}

/** A part of T that is combined from two halves: its first row, the size of its upper half, and its size. */
interface Part {
  readonly from: number;
  readonly top: number;
  readonly size: number;
  /** The entry of T that couples the halves. */
  readonly coupling: number;
}

/** Combines the eigenvectors of two halves. */
function merge(
  program: Program,
  memory: DivideMemory,
  values: Float64Array,
  part: Part,
  tolerance: number,
): void {
  const { from, top, size, coupling } = part;
  const { vectors, stride } = memory;
  const { numbers } = program;
  const d = values.subarray(from, from + size);
  const rho = 2 * Math.abs(coupling);
  const z = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const row = (vectors + (from + i) * stride) / 8 + from + top;
    z[i] = (i < top ? numbers[row - 1] : Math.sign(coupling) * numbers[row]) * Math.SQRT1_2;
  }
  const supports = Array.from(d, (_, i): Support => (i < top ? 'top' : 'bottom'));
  const order = Array.from(d.keys()).toSorted((i, j) => d[i] - d[j]);
  const { turns, active } = deflate({ d, z, rho, order, supports, tolerance });
  const address = (place: number): number => vectors + (from + place) * stride + 8 * from;
  for (const { p, q, cosine, sine } of turns) {
    program.rotate(address(p), address(q), size + (size & 1), cosine, sine);
  }
  if (active.length === 0) return;

  const count = active.length;
  active.forEach((place, i) => {
    numbers[memory.poles / 8 + i] = d[place];
    numbers[memory.weights / 8 + i] = z[place];
  });
  const roots = secularRoots(program, {
    rho,
    size: count,
    poles: memory.poles,
    weights: memory.weights,
    d: numbers.slice(memory.poles / 8, memory.poles / 8 + count),
    z: numbers.slice(memory.weights / 8, memory.weights / 8 + count),
    sums: memory.sums,
  });
  renewWeights(program, memory, roots);
  combineHalves(program, memory, part, { roots, active, supports });
  active.forEach((place, i) => {
    d[place] = roots.bases[i] + roots.shifts[i];
  });
}

/** Recomputes weights whose secular equation has exactly the roots found (Loewner): z_i^2 = prod_j (root_j - d_i) / prod_j (d_j - d_i) / rho. */
function renewWeights(
  program: Program,
  memory: DivideMemory,
  { bases, shifts }: SecularRoots,
): void {
  const { numbers } = program;
  const count = bases.length;
  const poles = memory.poles / 8;
  const products = memory.products / 8;
  numbers.fill(1, products, products + count);
  for (let j = 0; j < count; j++) {
    const pole = numbers[poles + j];
    const [base, shift] = [bases[j], shifts[j]];
    program.gapProducts(memory.products, memory.poles, j, base, shift, pole);
    numbers[products + j] *= pole - base - shift;
    const skipped = 8 * (j + 1);
    program.gapProducts(
      memory.products + skipped,
      memory.poles + skipped,
      count - j - 1,
      base,
      shift,
      pole,
    );
  }
  for (let i = 0; i < count; i++) {
    const weight = Math.sqrt(Math.abs(numbers[products + i]));
    const at = memory.weights / 8 + i;
    numbers[at] = numbers[at] < 0 ? -weight : weight;
  }
}

/** Components of eigenvectors in one half of the rows, packed for products. */
interface PackedHalf {
  /** The first of the grouped eigenvectors that are not zero in this half, and their number. */
  readonly first: number;
  readonly terms: number;
  /** The first row of the half. */
  readonly column: number;
  readonly panels: number;
  /** Address of the packed numbers. */
  readonly start: number;
}

/** The eigenvectors of the halves that still change, and the roots that they change to. */
interface Deflation {
  readonly roots: SecularRoots;
  readonly active: readonly number[];
  readonly supports: readonly Support[];
}

/** The new eigenvectors: those of the diagonal with a rank-one change times those of the halves. */
function combineHalves(
  program: Program,
  memory: DivideMemory,
  part: Part,
  { roots, active, supports }: Deflation,
): void {
  const { numbers } = program;
  const { from, top, size } = part;
  const indices = (support: Support): number[] =>
    Array.from(active.keys()).filter((i) => supports[active[i]] === support);
  const [inTop, inBoth, inBottom] = [indices('top'), indices('both'), indices('bottom')];
  const grouped = [...inTop, ...inBoth, ...inBottom];
  grouped.forEach((i, at) => {
    numbers[memory.groupedPoles / 8 + at] = numbers[memory.poles / 8 + i];
    numbers[memory.groupedWeights / 8 + at] = numbers[memory.weights / 8 + i];
  });
  const row = (place: number): number => memory.vectors + (from + place) * memory.stride + 8 * from;

  const halves = [
    { first: 0, terms: inTop.length + inBoth.length, column: 0, columns: top },
    {
      first: inTop.length,
      terms: inBoth.length + inBottom.length,
      column: top,
      columns: size - top,
    },
  ];
  let packed = memory.packed;
  const packs = halves.map(({ first, terms, column, columns }): PackedHalf => {
    const panels = Math.ceil(columns / TILE_COLUMNS);
    const start = packed;
    packed += 64 * terms * panels;
    for (let k = 0; k < terms; k++) {
      const source = row(active[grouped[first + k]]) + 8 * column;
      program.spread8(start + 64 * k, 64 * terms, source, panels);
    }
    return { first, terms, column, panels, start };
  });
  const width = 8 * (packs[0].panels + packs[1].panels) * TILE_COLUMNS;
  for (let at = 0; at < active.length; at += VECTORS_AT_ONCE) {
    const vectors = Math.min(VECTORS_AT_ONCE, active.length - at);
    makeVectors(program, memory, roots, packs, at);
    for (let r = 0; r < vectors; r++) {
      const made = (memory.made + r * width) / 8;
      numbers.copyWithin(row(active[at + r]) / 8, made, made + size);
    }
  }
}

/** Computes up to VECTORS_AT_ONCE new eigenvectors, from number `at` on, in the memory `made`. */
function makeVectors(
  program: Program,
  memory: DivideMemory,
  { bases, shifts }: SecularRoots,
  halves: readonly PackedHalf[],
  at: number,
): void {
  const { numbers } = program;
  const count = bases.length;
  const panels = Math.ceil(Math.min(VECTORS_AT_ONCE, count - at) / TILE_ROWS);
  const width = 8 * (halves[0].panels + halves[1].panels) * TILE_COLUMNS;
  for (let panel = 0; panel < panels; panel++) {
    for (let r = 0; r < TILE_ROWS; r++) {
      // The last eigenvector fills the rest of the last panel.
      const j = Math.min(count - 1, at + TILE_ROWS * panel + r);
      numbers[memory.points / 8 + r] = bases[j];
      numbers[memory.points / 8 + TILE_ROWS + r] = shifts[j];
    }
    const to = memory.coefficients + 32 * count * panel;
    program.secularVectors(to, memory.groupedPoles, memory.groupedWeights, count, memory.points);
  }
  numbers.fill(0, memory.made / 8, (memory.made + width * panels * TILE_ROWS) / 8);
  for (const half of halves) {
    for (let k = 0; k < half.terms; k += TERMS_AT_ONCE) {
      program.multiplyAdd(
        memory.made + 8 * half.column,
        width,
        64,
        memory.coefficients + 32 * (half.first + k),
        32 * count,
        panels,
        half.start + 64 * k,
        64 * half.terms,
        half.panels,
        Math.min(TERMS_AT_ONCE, half.terms - k),
      );
    }
  }
}
