import { memoryLayout } from '../wasm/layout.ts';
import { checkChunk, isZero, type Vectors } from './vectors.ts';
import type { NearestNeighbours, NearestNeighboursOptions } from './kernels.ts';
import { noNeighbours, takeNearer, type Neighbours } from './neighbours.ts';
import { defineTransposed } from './pack.ts';
import {
  multiplyPanel,
  packedBytes,
  packStrip,
  SWEEP_BYTES,
  type Packed,
  type Sweep,
} from './packed.ts';
import { linkProgram, MEMORY_FROM, SCRATCH, type Machine, type Program } from './program.ts';
import { defineScan, LINE_STATE, ROW_STATE } from './scan.ts';
import { defineProducts, LINE, PANEL } from './tile.ts';

/** Strips of B multiplied with a panel of A while it is in the cache. */
const GROUP = 16;
/** Vectors in a strip of B. */
const LANES = LINE / 4;

/**
 * Nearest neighbours in WebAssembly: tiles of cosines, with vectors of one chunk as rows and of the other as columns. While
 * a tile is in the cache, a scan finds the largest cosine of each row and column. A cosine of 0 is never the largest, so
 * zero vectors and the padding of tiles need no mask.
 */
export function wasmNeighbours(
  options: NearestNeighboursOptions,
  machine: Machine,
): NearestNeighbours {
  const { dims, most } = options;
  const kernel = linkKernel(options, machine);
  return {
    within: (vectors, count) => {
      checkChunk(vectors, count, dims, most);
      scanPairs(kernel, { a: vectors, aCount: count, b: vectors, bCount: count, isSame: true });
      const found = addColumnNeighbours(kernel, rowNeighbours(kernel, count));
      return withOrthogonal(found, { vectors, others: vectors, count, dims, isSame: true });
    },
    between: (a, aCount, b, bCount) => {
      checkChunk(a, aCount, dims, most);
      checkChunk(b, bCount, dims, most);
      scanPairs(kernel, { a, aCount, b, bCount, isSame: false });
      const ofB = addColumnNeighbours(kernel, noNeighbours(bCount));
      const ofA = rowNeighbours(kernel, aCount);
      return {
        ofA: withOrthogonal(ofA, { vectors: a, others: b, count: bCount, dims, isSame: false }),
        ofB: withOrthogonal(ofB, { vectors: b, others: a, count: aCount, dims, isSame: false }),
      };
    },
  };
}

/** The compiled code and the addresses of its data. */
interface Kernel {
  readonly dims: number;
  /** Rows of a tile. */
  readonly rows: number;
  readonly call: Program['call'];
  readonly buffer: ArrayBuffer;
  readonly a: Packed;
  readonly b: Packed;
  /** Vectors to be packed next, and their address. */
  readonly given: Float32Array;
  readonly givenAt: number;
  /** Cosines of a group of strips, and their address. */
  readonly products: Float32Array;
  readonly productsAt: number;
  readonly rowStatesAt: number;
  readonly lineStatesAt: number;
  /** Groups of strips of B. */
  readonly groups: number;
}

function linkKernel({ dims, most }: NearestNeighboursOptions, machine: Machine): Kernel {
  const { format, rows } = machine;
  const layout = memoryLayout(MEMORY_FROM);
  const place = (strips: number, stepBytes: number): Packed => {
    const size = { strips, stepBytes, steps: dims, bytes: 4 };
    return { ...size, address: layout.take(packedBytes(size)) };
  };
  const a = place(Math.ceil(most / rows), 4 * rows);
  const b = place(GROUP, LINE);
  const groups = Math.ceil(most / (GROUP * LANES));
  const givenAt = layout.take(LANES * dims * 4);
  const productsAt = layout.take(GROUP * SWEEP_BYTES);
  const rowStatesAt = layout.take(most * ROW_STATE);
  const lineStatesAt = layout.take(groups * GROUP * LINE_STATE);
  const { call, buffer } = linkProgram('neighbours', machine, layout.size(), (module) => {
    defineTransposed(module, format, rows, 'packRows');
    defineTransposed(module, format, LANES, 'packColumns');
    defineProducts(module, machine, 'store', 'products', SCRATCH);
    defineProducts(module, machine, 'add', 'moreProducts', SCRATCH);
    defineScan(module, 'scan');
  });
  const given = new Float32Array(buffer, givenAt, LANES * dims);
  const products = new Float32Array(buffer, productsAt, (GROUP * SWEEP_BYTES) / 4);
  const addresses = { givenAt, productsAt, rowStatesAt, lineStatesAt };
  return { dims, rows, call, buffer, a, b, given, products, groups, ...addresses };
}

/** Two chunks of vectors, or one chunk twice. */
interface ChunkPair {
  readonly a: Vectors;
  readonly aCount: number;
  readonly b: Vectors;
  readonly bCount: number;
  readonly isSame: boolean;
}

/** Scans the products of all pairs, or of the pairs below the diagonal if both chunks are the same. */
function scanPairs(kernel: Kernel, { a, aCount, b, bCount, isSame }: ChunkPair): void {
  const { rows, call } = kernel;
  clearStates(kernel, kernel.rowStatesAt, aCount * ROW_STATE, ROW_STATE / 8);
  clearStates(kernel, kernel.lineStatesAt, Math.ceil(bCount / LANES) * LINE_STATE, LANES);
  const aStrips = Math.ceil(aCount / rows);
  for (let s = 0; s < aStrips; s++) {
    give(kernel, a, aCount, s * rows, rows);
    packStrip(call.packRows, kernel.a, s, kernel.givenAt);
  }
  for (let group = 0; group < bCount; group += GROUP * LANES) {
    const bStrips = Math.ceil(Math.min(GROUP * LANES, bCount - group) / LANES);
    for (let t = 0; t < bStrips; t++) {
      give(kernel, b, bCount, group + t * LANES, LANES);
      packStrip(call.packColumns, kernel.b, t, kernel.givenAt);
    }
    for (let panel = 0; panel < aStrips; panel += PANEL / rows) {
      const end = Math.min(aStrips, panel + PANEL / rows);
      const sweeps: Sweep[] = [];
      for (let strip = 0; strip < bStrips; strip++) {
        const below = isSame ? Math.floor((group + strip * LANES + 1) / rows) : 0;
        const first = Math.max(panel, below);
        if (first < end) sweeps.push({ strip, first, end });
      }
      multiplyPanel(call, kernel.a, kernel.b, kernel.productsAt, sweeps);
      sweeps.forEach(({ strip, first }, at) => {
        const column = group + strip * LANES;
        const from = isSame ? Math.max(first * rows, column + 1) : first * rows;
        const to = Math.min(end * rows, aCount);
        const offset = at * SWEEP_BYTES + (from - first * rows) * LINE;
        scanSweep(kernel, { offset, from, to, column, isSame });
      });
    }
  }
}

/** Copies vectors `first` .. first + width - 1, with zeros beyond the last. */
function give(
  { given, dims }: Kernel,
  vectors: Vectors,
  count: number,
  first: number,
  width: number,
): void {
  const taken = Math.min(width, count - first);
  given.set(vectors.subarray(first * dims, (first + taken) * dims));
  given.fill(0, taken * dims, width * dims);
}

/** Resets states: alternating runs of `line` numbers, the best cosines (0) and their places (-1). */
function clearStates({ buffer }: Kernel, address: number, bytes: number, line: number): void {
  const values = new Float32Array(buffer, address, bytes / 4);
  const places = new Int32Array(buffer, address, bytes / 4);
  values.fill(0);
  for (let from = line; from < places.length; from += 2 * line) places.fill(-1, from, from + line);
}

/** Rows `from` .. to - 1 of the cosines with the vectors from `column` on, which start `offset` bytes after the first. */
interface Scan {
  readonly offset: number;
  readonly from: number;
  readonly to: number;
  readonly column: number;
  readonly isSame: boolean;
}

function scanSweep(kernel: Kernel, { offset, from, to, column, isSame }: Scan): void {
  if (from >= to) return;
  if (isSame) {
    // A pair on or above the diagonal counts elsewhere.
    for (let row = from; row < Math.min(to, column + LANES); row++) {
      const line = offset / 4 + (row - from) * LANES;
      kernel.products.fill(0, line + row - column, line + LANES);
    }
  }
  const rowStates = kernel.rowStatesAt + from * ROW_STATE;
  const lineState = kernel.lineStatesAt + (column / LANES) * LINE_STATE;
  kernel.call.scan(kernel.productsAt + offset, to - from, from, column, rowStates, lineState);
}

/** The neighbours found for rows. */
function rowNeighbours({ buffer, rowStatesAt }: Kernel, count: number): Neighbours {
  const out = noNeighbours(count);
  const values = new Float32Array(buffer, rowStatesAt, (count * ROW_STATE) / 4);
  const places = new Int32Array(buffer, rowStatesAt, values.length);
  for (let f = 0; f < count; f++) {
    for (let at = 8 * f; at < 8 * f + 4; at++) takeNearer(out, f, places[at + 4], values[at]);
  }
  return out;
}

/** Merges the neighbours found for columns. */
function addColumnNeighbours(
  { buffer, lineStatesAt, groups }: Kernel,
  out: Neighbours,
): Neighbours {
  const count = out.index.length;
  const values = new Float32Array(buffer, lineStatesAt, (groups * GROUP * LINE_STATE) / 4);
  const places = new Int32Array(buffer, lineStatesAt, values.length);
  for (let f = 0; f < count; f++) {
    const at = 2 * LANES * Math.floor(f / LANES) + (f % LANES);
    takeNearer(out, f, places[at + LANES], values[at]);
  }
  return out;
}

interface Search {
  readonly vectors: Vectors;
  readonly others: Vectors;
  /** Number of others. */
  readonly count: number;
  readonly dims: number;
  readonly isSame: boolean;
}

/** If every cosine was 0, so that none was the largest, the first non-zero vector is the neighbour. */
function withOrthogonal(
  out: Neighbours,
  { vectors, others, count, dims, isSame }: Search,
): Neighbours {
  out.index.forEach((known, at) => {
    if (known >= 0 || isZero(vectors, at, dims)) return;
    for (let other = 0; other < count; other++) {
      if ((isSame && other === at) || isZero(others, other, dims)) continue;
      out.index[at] = other;
      return;
    }
  });
  return out;
}
