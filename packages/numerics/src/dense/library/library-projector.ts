import { memoryLayout } from '../../wasm/layout.ts';
import type { Projected, Projector, ProjectorOptions } from '../kernels.ts';
import type { MatrixLibrary } from '../matrix-library.ts';
import { linkProgram, machineFor, MEMORY_FROM } from '../program.ts';
import { projector } from '../projector.ts';
import { defineSums, FIRST_LIST, FOURTH, RESOLVED, summing } from '../squares.ts';
import { LINE } from '../tile.ts';
import { checkVectors, type Vectors } from '../vectors.ts';
import { inPrecision } from './library-row-products.ts';

/** Vectors whose coordinates are computed at once. */
const GROUP = 256;

/**
 * The projection by products of a library. It writes the coordinates of a group of vectors, one column per vector, into a
 * WebAssembly memory, where they are squared and summed in float64.
 *
 * Long, because the functions inside share the addresses of one memory.
 */
export function libraryProjector(options: ProjectorOptions, library: MatrixLibrary): Projector {
  const { dims, rank, basis, precision, weights } = options;
  const machine = machineFor(precision);
  if (machine === null) return projector(options);
  const lanes = LINE / machine.format.bytes;
  const lists = weights.length;
  const sumBytes = 8 * lanes * (FIRST_LIST + lists);
  const rowBytes = GROUP * machine.format.bytes;
  const layout = memoryLayout(MEMORY_FROM);
  const coordinatesAt = layout.take(rank * rowBytes);
  const weightsAt = layout.take(8 * rank * lists);
  const sumsAt = layout.take((GROUP / lanes) * sumBytes);
  const name = `library projector ${lists}`;
  const { call, buffer, close } = linkProgram(name, machine, layout.size(), (module) => {
    defineSums(module, machine, lists, rowBytes);
  });
  const Numbers = precision === 'float32' ? Float32Array : Float64Array;
  const coordinates = { data: new Numbers(buffer, coordinatesAt, rank * GROUP), stride: GROUP };
  const sums = new Float64Array(buffer, sumsAt, ((GROUP / lanes) * sumBytes) / 8);
  const table = new Float64Array(buffer, weightsAt, rank * lists);
  weights.forEach((list, at) => list.forEach((value, k) => (table[k * lists + at] = value)));
  const directions = { data: inPrecision(basis, precision), stride: dims };
  const passes = summing(lists).map((pass) => call[pass]);

  /** Sums over the coordinates of `taken` vectors, of which the first is vector `at` of the result. */
  const sumGroup = (out: Projected, taken: number, at: number): void => {
    sums.fill(0);
    for (let f = 0; f < taken; f += lanes) {
      const strip = f / lanes;
      for (const pass of passes) {
        pass(coordinatesAt + strip * LINE, rank, weightsAt, sumsAt + strip * sumBytes);
      }
      const read = (to: Float64Array, quantity: number): void => {
        const from = (strip * sumBytes) / 8 + quantity * lanes;
        to.set(sums.subarray(from, from + Math.min(lanes, taken - f)), at + f);
      };
      read(out.resolved, RESOLVED);
      read(out.fourth, FOURTH);
      out.weighted.forEach((list, k) => read(list, FIRST_LIST + k));
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
      const norm = array();
      const out = { norm, resolved: array(), fourth: array(), weighted: weights.map(array) };
      for (let first = 0; first < count; first += GROUP) {
        const taken = Math.min(GROUP, count - first);
        const group = vectors.subarray(first * dims, (first + taken) * dims);
        const data = inPrecision(group, precision);
        const sizes = { m: rank, n: taken, k: dims };
        library.multiplyRows(directions, { data, stride: dims }, coordinates, sizes);
        for (let f = 0; f < taken; f++) norm[first + f] = sumOfSquares(data, f * dims, dims);
        sumGroup(out, taken, first);
      }
      return out;
    },
  };
}

/** The sum of squares of `count` numbers, in four partial sums, which do not wait for each other. */
function sumOfSquares(numbers: Vectors, from: number, count: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = from + count - (count % 4);
  for (let i = from; i < whole; i += 4) {
    a += numbers[i] * numbers[i];
    b += numbers[i + 1] * numbers[i + 1];
    c += numbers[i + 2] * numbers[i + 2];
    d += numbers[i + 3] * numbers[i + 3];
  }
  for (let i = whole; i < from + count; i++) a += numbers[i] * numbers[i];
  return a + b + (c + d);
}
