import { memoryLayout } from '../wasm/layout.ts';
import type { ModuleBuilder } from '../wasm/module.ts';
import { checkNotEnded } from './vectors.ts';
import { collectRuns } from './collect-runs.ts';
import type { FrameAccumulator, FrameAccumulatorOptions } from './kernels.ts';
import { defineColumns } from './pack.ts';
import { linkProgram, MEMORY_FROM, SCRATCH, type Machine } from './program.ts';
import { defineProducts, LINE, PANEL, RUN } from './tile.ts';
import { triangleSize } from './triangle.ts';

/**
 * The frame operator in WebAssembly. Vectors are collected into runs. The numbers of a run are packed by rows and by columns
 * of S, and the sums of each tile over the run are added to a float64 tile of S. Runs are counted from the first vector on,
 * and each entry is summed by itself, so neither chunks nor the choice of rows changes its bytes.
 *
 * Long, because the functions inside share the addresses of one memory.
 */
export function wasmFrameAccumulator(
  { dims, from, to, begun }: FrameAccumulatorOptions,
  machine: Machine,
): FrameAccumulator {
  const { format, rows } = machine;
  const columns = LINE / format.bytes;
  const aStrips = Math.ceil((to - from) / rows);
  const bStrips = Math.ceil(to / columns);
  const aBytes = RUN * rows * format.bytes;
  const bBytes = RUN * LINE;
  const tileBytes = rows * columns * 8;
  const sweeps = lowerTriangle({ from, aStrips, bStrips, rows, columns });
  const tiles = sweeps.reduce((sum, { strips }) => sum + strips, 0);

  const layout = memoryLayout(MEMORY_FROM);
  const waitingAt = layout.take(RUN * dims * format.bytes);
  const aAt = layout.take(aStrips * aBytes);
  const bAt = layout.take(bStrips * bBytes);
  const sumsAt = layout.take(tiles * tileBytes);
  const { call, buffer, close } = linkProgram('frame', machine, layout.size(), define);
  const NumberArray = format.bytes === 4 ? Float32Array : Float64Array;
  const waiting = new NumberArray(buffer, waitingAt, RUN * dims);

  /** Visits the pieces of rows in tiles: `width` numbers from a column on, stored in `tile`. */
  const eachPiece = (
    visit: (row: number, column: number, width: number, tile: Float64Array) => void,
  ): void => {
    let at = 0;
    const sums = new Float64Array(buffer, sumsAt, (tiles * tileBytes) / 8);
    for (const { j, first, strips } of sweeps) {
      for (let row = first * rows; row < (first + strips) * rows; row++, at += columns) {
        const width = Math.min(columns, from + row + 1 - j * columns);
        if (row < to - from && width > 0) {
          visit(from + row, j * columns, width, sums.subarray(at, at + width));
        }
      }
    }
  };

  let summed = 0;
  let isEnded = false;
  if (begun !== undefined) {
    summed = begun.vectors;
    eachPiece((row, column, width, tile) => {
      const at = triangleSize(from, row) + column;
      tile.set(begun.triangle.subarray(at, at + width));
    });
  }
  const addRun = (pending: number): void => {
    const rowBytes = dims * format.bytes;
    for (let s = 0; s < aStrips; s++) {
      const column = from + s * rows;
      call.packRows(waitingAt + column * format.bytes, rowBytes, pending, aAt + s * aBytes);
    }
    for (let j = 0; j < bStrips; j++) {
      call.packColumns(waitingAt + j * LINE, rowBytes, pending, bAt + j * bBytes);
    }
    let at = sumsAt;
    for (const { j, first, strips } of sweeps) {
      call.products(aAt + first * aBytes, aBytes, bAt + j * bBytes, at, strips, pending);
      at += strips * tileBytes;
    }
    summed += pending;
  };
  const runs = collectRuns(waiting, dims, addRun);
  return {
    add: (vectors, count) => {
      checkNotEnded(isEnded);
      runs.add(vectors, count);
    },
    sums: () => {
      checkNotEnded(isEnded);
      const triangle = new Float64Array(triangleSize(from, to));
      eachPiece((row, column, _, tile) => triangle.set(tile, triangleSize(from, row) + column));
      return { vectors: summed, triangle };
    },
    result: () => {
      checkNotEnded(isEnded);
      runs.end();
      isEnded = true;
      const out = new Float64Array((to - from) * dims);
      eachPiece((row, column, _, tile) => out.set(tile, (row - from) * dims + column));
      close();
      return out;
    },
  };
}

/** Several consecutive strips of A times strip j of B. */
interface Sweep {
  readonly j: number;
  readonly first: number;
  readonly strips: number;
}

interface Triangle {
  readonly from: number;
  readonly aStrips: number;
  readonly bStrips: number;
  /** Rows of a tile. */
  readonly rows: number;
  readonly columns: number;
}

/** The sweeps over all tiles that reach the diagonal or lie left of it, in panels of A that stay in the cache. */
function lowerTriangle({ from, aStrips, bStrips, rows, columns }: Triangle): Sweep[] {
  const sweeps: Sweep[] = [];
  const panelStrips = PANEL / rows;
  for (let panel = 0; panel < aStrips; panel += panelStrips) {
    const end = Math.min(panel + panelStrips, aStrips);
    for (let j = 0; j < bStrips; j++) {
      // The last row of strip s, from + rows (s + 1) - 1, must reach column j * columns.
      const reaching = Math.ceil((j * columns + 1 - from) / rows) - 1;
      const first = Math.max(panel, reaching);
      if (first < end) sweeps.push({ j, first, strips: end - first });
    }
  }
  return sweeps;
}

function define(module: ModuleBuilder, machine: Machine): void {
  const { format, rows } = machine;
  defineColumns(module, rows * format.bytes, 'packRows');
  defineColumns(module, LINE, 'packColumns');
  const end = format.bytes === 4 ? 'widen' : 'add';
  defineProducts(module, machine, end, 'products', SCRATCH);
}
