import { memoryLayout } from '../wasm/layout.ts';
import { checkVectors } from './vectors.ts';
import { defineTransposed } from './pack.ts';
import { multiplyPanel, packedBytes, packStrip, SWEEP_BYTES, type Packed } from './packed.ts';
import { linkProgram, MEMORY_FROM, SCRATCH, type Machine } from './program.ts';
import type { Rotator, RotatorOptions } from './kernels.ts';
import { defineProducts, LINE, PANEL } from './tile.ts';

/** Strips of vectors multiplied with a panel of the basis while it is in the cache. */
const GROUP = 16;
/** Vectors in a strip. */
const LANES = LINE / 8;

/** The rotation in WebAssembly: tiles of coordinates, with basis vectors as rows and vectors as columns. */
export function wasmRotator({ dims, basis }: RotatorOptions, machine: Machine): Rotator {
  const { format, rows } = machine;
  const layout = memoryLayout(MEMORY_FROM);
  const givenAt = layout.take(GROUP * LANES * dims * 8);
  const place = (strips: number, stepBytes: number): Packed => {
    const size = { strips, stepBytes, steps: dims, bytes: 8 };
    return { ...size, address: layout.take(packedBytes(size)) };
  };
  const a = place(Math.ceil(dims / rows), rows * 8);
  const b = place(GROUP, LINE);
  const cAt = layout.take(GROUP * SWEEP_BYTES);
  const { call, buffer } = linkProgram('rotator', machine, layout.size(), (module) => {
    defineTransposed(module, format, rows, 'packBasis');
    defineTransposed(module, format, LANES, 'packVectors');
    defineProducts(module, machine, 'store', 'products', SCRATCH);
    defineProducts(module, machine, 'add', 'moreProducts', SCRATCH);
  });
  const given = new Float64Array(buffer, givenAt, GROUP * LANES * dims);
  const products = new Float64Array(buffer, cAt, (GROUP * SWEEP_BYTES) / 8);
  for (let s = 0; s < a.strips; s++) {
    given.fill(0, 0, rows * dims);
    given.set(basis.subarray(s * rows * dims, (s + 1) * rows * dims));
    packStrip(call.packBasis, a, s, givenAt);
  }

  /** Writes the coordinates of vectors along the basis vectors `first` .. end - 1. */
  const write = (out: Float64Array, taken: number, first: number, end: number): void => {
    for (let f = 0; f < taken; f++) {
      let at = (Math.floor(f / LANES) * SWEEP_BYTES) / 8 + (f % LANES);
      for (let k = first; k < end; k++, at += LANES) out[f * dims + k] = products[at];
    }
  };
  return (vectors, count) => {
    checkVectors(vectors, count, dims);
    const out = new Float64Array(count * dims);
    for (let from = 0; from < count; from += GROUP * LANES) {
      const taken = Math.min(GROUP * LANES, count - from);
      const strips = Math.ceil(taken / LANES);
      given.set(vectors.subarray(from * dims, (from + taken) * dims));
      for (let t = 0; t < strips; t++) {
        packStrip(call.packVectors, b, t, givenAt + t * LANES * dims * 8);
      }
      for (let first = 0; first < dims; first += PANEL) {
        const end = Math.min(dims, first + PANEL);
        const sweeps = Array.from({ length: strips }, (_, strip) => ({
          strip,
          first: first / rows,
          end: Math.ceil(end / rows),
        }));
        multiplyPanel(call, a, b, cAt, sweeps);
        write(out.subarray(from * dims), taken, first, end);
      }
    }
    return out;
  };
}
