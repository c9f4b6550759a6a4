import { memoryLayout } from '../wasm/layout.ts';
import { checkVectors } from './vectors.ts';
import { defineTransposed } from './pack.ts';
import {
  multiplyPanel,
  packedBytes,
  packStrip,
  stripAt,
  SWEEP_BYTES,
  type Packed,
} from './packed.ts';
import { linkProgram, MEMORY_FROM, SCRATCH, type Machine, type Program } from './program.ts';
import type { Projected, Projector, ProjectorOptions } from './kernels.ts';
import { defineNorms, defineSums, FIRST_LIST, FOURTH, NORM, RESOLVED, summing } from './squares.ts';
import { defineProducts, LINE, PANEL, RUN } from './tile.ts';

/** Strips of vectors multiplied with a panel of the basis while it is in the cache. */
const GROUP = 16;

/**
 * The projection in WebAssembly: tiles of coordinates, with basis vectors as rows and vectors as columns. The coordinates of
 * a group of vectors in a panel of the basis stay in the second-level cache and are summed at once.
 *
 * Long, because the functions inside share the addresses of one memory.
 */
export function wasmProjector(options: ProjectorOptions, machine: Machine): Projector {
  const { dims, rank, weights } = options;
  const { format, rows } = machine;
  const { bytes } = format;
  const lanes = LINE / bytes;
  const lists = weights.length;
  const sumBytes = 8 * lanes * (FIRST_LIST + lists);

  const layout = memoryLayout(MEMORY_FROM);
  const givenAt = layout.take(GROUP * lanes * dims * bytes);
  const place = (strips: number, stepBytes: number): Packed => {
    const size = { strips, stepBytes, steps: dims, bytes };
    return { ...size, address: layout.take(packedBytes(size)) };
  };
  const a = place(Math.ceil(rank / rows), rows * bytes);
  const b = place(GROUP, LINE);
  const cAt = layout.take(GROUP * SWEEP_BYTES);
  const sumsAt = layout.take(GROUP * sumBytes);
  const weightsAt = layout.take(8 * rank * lists);
  const { call, buffer, close } = linkProgram(
    `projector ${lists}`,
    machine,
    layout.size(),
    (module) => {
      defineTransposed(module, format, rows, 'packBasis');
      defineTransposed(module, format, lanes, 'packVectors');
      defineProducts(module, machine, 'store', 'products', SCRATCH);
      defineProducts(module, machine, 'add', 'moreProducts', SCRATCH);
      defineNorms(module, machine, 'norms');
      defineSums(module, machine, lists);
    },
  );
  const given = new (bytes === 4 ? Float32Array : Float64Array)(
    buffer,
    givenAt,
    GROUP * lanes * dims,
  );
  const sums = new Float64Array(buffer, sumsAt, (GROUP * sumBytes) / 8);
  const table = new Float64Array(buffer, weightsAt, rank * lists);
  weights.forEach((list, at) => list.forEach((value, k) => (table[k * lists + at] = value)));
  for (let s = 0; s < a.strips; s++) {
    given.fill(0, 0, rows * dims);
    given.set(options.basis.subarray(s * rows * dims, (s + 1) * rows * dims));
    packStrip(call.packBasis, a, s, givenAt);
  }
  const passes = summing(lists).map((name) => call[name]);

  /** Sums over the vectors in the first strips of a group. */
  const measureGroup = (strips: number): void => {
    sums.fill(0);
    for (let t = 0; t < strips; t++) {
      packStrip(call.packVectors, b, t, givenAt + t * lanes * dims * bytes);
      addNorms(call, b, t, sumsAt + t * sumBytes);
    }
    for (let first = 0; first < rank; first += PANEL) {
      const end = Math.min(rank, first + PANEL);
      const sweeps = Array.from({ length: strips }, (_, strip) => ({
        strip,
        first: first / rows,
        end: Math.ceil(end / rows),
      }));
      multiplyPanel(call, a, b, cAt, sweeps);
      for (let t = 0; t < strips; t++) {
        for (const pass of passes) {
          const from = weightsAt + 8 * first * lists;
          pass(cAt + t * SWEEP_BYTES, end - first, from, sumsAt + t * sumBytes);
        }
      }
    }
  };
  let isClosed = false;
  return {
    close: () => {
      if (!isClosed) close();
      isClosed = true;
    },
    measure: (vectors, count) => {
      if (isClosed) throw new Error('projector: nothing can be measured after close');
      checkVectors(vectors, count, dims);
      const array = (): Float64Array => new Float64Array(count);
      const out: Projected = {
        norm: array(),
        resolved: array(),
        fourth: array(),
        weighted: weights.map(array),
      };
      for (let first = 0; first < count; first += GROUP * lanes) {
        const taken = Math.min(GROUP * lanes, count - first);
        given.set(vectors.subarray(first * dims, (first + taken) * dims));
        measureGroup(Math.ceil(taken / lanes));
        for (let f = 0; f < taken; f += lanes) {
          const read = (to: Float64Array, quantity: number): void => {
            const from = (f * sumBytes) / (8 * lanes) + quantity * lanes;
            to.set(sums.subarray(from, from + Math.min(lanes, taken - f)), first + f);
          };
          read(out.norm, NORM);
          read(out.resolved, RESOLVED);
          read(out.fourth, FOURTH);
          out.weighted.forEach((list, at) => read(list, FIRST_LIST + at));
        }
      }
      return out;
    },
  };
}

function addNorms({ norms }: Program['call'], b: Packed, strip: number, sums: number): void {
  for (let k = 0; k < b.steps; k += RUN) {
    norms(stripAt(b, strip, k / RUN), Math.min(RUN, b.steps - k), sums);
  }
}
