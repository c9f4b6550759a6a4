import { memoryLayout } from '../wasm/layout.ts';
import { checkVectors } from './vectors.ts';
import { defineTransposed } from './pack.ts';
import { multiplyPanel, packedBytes, packStrip, SWEEP_BYTES, type Packed } from './packed.ts';
import { linkProgram, MEMORY_FROM, SCRATCH, type Machine } from './program.ts';
import type { RowProducts, RowProductsOptions } from './kernels.ts';
import { defineProducts, LINE, PANEL } from './tile.ts';

/** Strips of vectors multiplied with a panel of fixed vectors while it is in the cache. */
const GROUP = 16;

/**
 * The products in WebAssembly: tiles with fixed vectors as rows and vectors as columns, transposed when copied out.
 *
 * Long, because the functions inside share the addresses of one memory.
 */
export function wasmRowProducts(options: RowProductsOptions, machine: Machine): RowProducts {
  const { dims, count } = options;
  const { format, rows } = machine;
  const { bytes } = format;
  const lanes = LINE / bytes;
  const layout = memoryLayout(MEMORY_FROM);
  const givenAt = layout.take(GROUP * lanes * dims * bytes);
  const place = (strips: number, stepBytes: number): Packed => {
    const size = { strips, stepBytes, steps: dims, bytes };
    return { ...size, address: layout.take(packedBytes(size)) };
  };
  const a = place(Math.ceil(count / rows), rows * bytes);
  const b = place(GROUP, LINE);
  const cAt = layout.take(GROUP * SWEEP_BYTES);
  const { call, buffer } = linkProgram('row products', machine, layout.size(), (module) => {
    defineTransposed(module, format, rows, 'packRows');
    defineTransposed(module, format, lanes, 'packVectors');
    defineProducts(module, machine, 'store', 'products', SCRATCH);
    defineProducts(module, machine, 'add', 'moreProducts', SCRATCH);
  });
  const numbers = bytes === 4 ? Float32Array : Float64Array;
  const given = new numbers(buffer, givenAt, GROUP * lanes * dims);
  const products = new numbers(buffer, cAt, (GROUP * SWEEP_BYTES) / bytes);
  for (let s = 0; s < a.strips; s++) {
    given.fill(0, 0, rows * dims);
    given.set(options.rows.subarray(s * rows * dims, (s + 1) * rows * dims));
    packStrip(call.packRows, a, s, givenAt);
  }

  /** Writes the products of a group of vectors, starting at vector `at`. */
  const multiplyGroup = (taken: number, out: Float64Array, at: number): void => {
    const strips = Math.ceil(taken / lanes);
    for (let t = 0; t < strips; t++) {
      packStrip(call.packVectors, b, t, givenAt + t * lanes * dims * bytes);
    }
    for (let first = 0; first < count; first += PANEL) {
      const end = Math.min(count, first + PANEL);
      const sweeps = Array.from({ length: strips }, (_, strip) => ({
        strip,
        first: first / rows,
        end: Math.ceil(end / rows),
      }));
      multiplyPanel(call, a, b, cAt, sweeps);
      for (let f = 0; f < taken; f++) {
        const from = (Math.floor(f / lanes) * SWEEP_BYTES) / bytes + (f % lanes);
        const to = (at + f) * count + first;
        for (let k = 0; k < end - first; k++) out[to + k] = products[from + k * lanes];
      }
    }
  };
  return {
    multiply: (vectors, vectorCount) => {
      checkVectors(vectors, vectorCount, dims);
      const out = new Float64Array(vectorCount * count);
      for (let first = 0; first < vectorCount; first += GROUP * lanes) {
        const taken = Math.min(GROUP * lanes, vectorCount - first);
        given.set(vectors.subarray(first * dims, (first + taken) * dims));
        multiplyGroup(taken, out, first);
      }
      return out;
    },
  };
}
