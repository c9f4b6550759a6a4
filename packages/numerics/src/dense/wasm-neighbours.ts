import { memoryLayout } from '../wasm/layout.ts';
import { assertBlock, assertMost, isZero, type Block } from './block.ts';
import type { NearestNeighbours, NearestNeighboursOptions } from './nearest-neighbours.ts';
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
import { linkProgram, MEMORY_FROM, SCRATCH, type Machine } from './program.ts';
import { defineScan, LINE_STATE, ROW_STATE } from './scan.ts';
import { defineProducts, LINE, PANEL } from './tile.ts';

/** Strips of B that are multiplied with a panel of A while it is in the cache. */
const GROUP = 16;
/** Features of a strip of B. */
const LANES = LINE / 4;

/**
 * Nearest neighbours in WebAssembly: tiles of cosines, features of one block down and of the other across, looked through
 * while they are in the cache for the largest of each row and column. A cosine of 0 is never the largest: zero vectors and
 * what fills up a tile need no mask.
 */
export function wasmNeighbours(
  { dims, most }: NearestNeighboursOptions,
  machine: Machine,
): NearestNeighbours {
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
  const cAt = layout.take(GROUP * SWEEP_BYTES);
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
  const products = new Float32Array(buffer, cAt, (GROUP * SWEEP_BYTES) / 4);

  /** Features from `first` on, `width` of them, zero where there is none. */
  const give = (block: Block, count: number, first: number, width: number): void => {
    const taken = Math.min(width, count - first);
    given.set(block.subarray(first * dims, (first + taken) * dims));
    given.fill(0, taken * dims, width * dims);
  };
  const clear = (at: number, bytes: number, line: number): void => {
    const values = new Float32Array(buffer, at, bytes / 4);
    const places = new Int32Array(buffer, at, bytes / 4);
    values.fill(0);
    for (let from = line; from < places.length; from += 2 * line)
      places.fill(-1, from, from + line);
  };

  /** Looks through the products of all pairs, or of those below the diagonal if both blocks are the same. */
  const search = (left: Block, aCount: number, right: Block, bCount: number, isSame: boolean) => {
    clear(rowStatesAt, aCount * ROW_STATE, ROW_STATE / 8);
    clear(lineStatesAt, Math.ceil(bCount / LANES) * LINE_STATE, LANES);
    const aStrips = Math.ceil(aCount / rows);
    for (let s = 0; s < aStrips; s++) {
      give(left, aCount, s * rows, rows);
      packStrip(call.packRows, a, s, givenAt);
    }
    for (let group = 0; group < bCount; group += GROUP * LANES) {
      const bStrips = Math.ceil(Math.min(GROUP * LANES, bCount - group) / LANES);
      for (let t = 0; t < bStrips; t++) {
        give(right, bCount, group + t * LANES, LANES);
        packStrip(call.packColumns, b, t, givenAt);
      }
      for (let panel = 0; panel < aStrips; panel += PANEL / rows) {
        const end = Math.min(aStrips, panel + PANEL / rows);
        const sweeps: Sweep[] = [];
        for (let strip = 0; strip < bStrips; strip++) {
          const below = isSame ? Math.floor((group + strip * LANES + 1) / rows) : 0;
          const first = Math.max(panel, below);
          if (first < end) sweeps.push({ strip, first, end });
        }
        multiplyPanel(call, a, b, cAt, sweeps);
        sweeps.forEach((sweep, at) => lookThrough(sweep, at, group, aCount, isSame));
      }
    }
  };

  const lookThrough = (
    { strip, first, end }: Sweep,
    at: number,
    group: number,
    count: number,
    isSame: boolean,
  ): void => {
    const column = group + strip * LANES;
    const from = isSame ? Math.max(first * rows, column + 1) : first * rows;
    const to = Math.min(end * rows, count);
    if (from >= to) return;
    const c = at * SWEEP_BYTES + (from - first * rows) * LINE;
    if (isSame) {
      for (let row = from; row < Math.min(to, column + LANES); row++) {
        const line = c / 4 + (row - from) * LANES;
        products.fill(0, line + row - column, line + LANES);
      }
    }
    const lineState = lineStatesAt + (column / LANES) * LINE_STATE;
    call.scan(cAt + c, to - from, from, column, rowStatesAt + from * ROW_STATE, lineState);
  };

  const ofRows = (count: number): Neighbours => {
    const out = noNeighbours(count);
    const values = new Float32Array(buffer, rowStatesAt, (count * ROW_STATE) / 4);
    const places = new Int32Array(buffer, rowStatesAt, values.length);
    for (let f = 0; f < count; f++) {
      for (let at = 8 * f; at < 8 * f + 4; at++) takeNearer(out, f, places[at + 4], values[at]);
    }
    return out;
  };
  /** Takes what is known of columns over, where it is nearer. */
  const addColumns = (out: Neighbours): Neighbours => {
    const count = out.index.length;
    const values = new Float32Array(buffer, lineStatesAt, (groups * GROUP * LINE_STATE) / 4);
    const places = new Int32Array(buffer, lineStatesAt, values.length);
    for (let f = 0; f < count; f++) {
      const at = 2 * LANES * Math.floor(f / LANES) + (f % LANES);
      takeNearer(out, f, places[at + LANES], values[at]);
    }
    return out;
  };
  const check = (block: Block, count: number): void => {
    assertBlock('nearestNeighbours', block, count, dims);
    assertMost('nearestNeighbours', count, most);
  };
  return {
    within: (block, count) => {
      check(block, count);
      search(block, count, block, count, true);
      return withOrthogonal(addColumns(ofRows(count)), {
        block,
        others: block,
        count,
        dims,
        isSame: true,
      });
    },
    between: (left, aCount, right, bCount) => {
      check(left, aCount);
      check(right, bCount);
      search(left, aCount, right, bCount, false);
      const columns = addColumns(noNeighbours(bCount));
      return {
        ofA: withOrthogonal(ofRows(aCount), {
          block: left,
          others: right,
          count: bCount,
          dims,
          isSame: false,
        }),
        ofB: withOrthogonal(columns, {
          block: right,
          others: left,
          count: aCount,
          dims,
          isSame: false,
        }),
      };
    },
  };
}

/** Where every cosine was 0, and so nothing was larger, the first feature that is not zero is the neighbour. */
function withOrthogonal(
  out: Neighbours,
  { block, others, count, dims, isSame }: Search,
): Neighbours {
  out.index.forEach((known, feature) => {
    if (known >= 0 || isZero(block, feature, dims)) return;
    for (let other = 0; other < count; other++) {
      if ((isSame && other === feature) || isZero(others, other, dims)) continue;
      out.index[feature] = other;
      return;
    }
  });
  return out;
}

interface Search {
  readonly block: Block;
  readonly others: Block;
  /** Of the others. */
  readonly count: number;
  readonly dims: number;
  readonly isSame: boolean;
}
