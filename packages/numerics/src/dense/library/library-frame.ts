import type { FrameAccumulator, FrameAccumulatorOptions } from '../kernels.ts';
import { collectRuns } from '../collect-runs.ts';
import type { MatrixLibrary } from '../matrix-library.ts';
import { triangleSize } from '../triangle.ts';
import { checkNotEnded } from '../vectors.ts';

/** Limits of the number of vectors in a run. */
const SHORTEST_RUN = 256;
const LONGEST_RUN = 2048;

/**
 * Vectors in a run: a power of two, at most 4 D, so that a sample of 4 D vectors holds a whole run. The error of float32 sums,
 * relative to S, is then at most that of the sample.
 */
function runLength(dims: number): number {
  const fitting = 2 ** Math.floor(Math.log2(4 * dims));
  return Math.max(SHORTEST_RUN, Math.min(LONGEST_RUN, fitting));
}

/**
 * The frame operator by products of a library: rows `from` .. to - 1 of a run are a rectangle left of column `from` and a
 * triangle. Products in float32 are added to float64 sums run by run.
 */
export function libraryFrame(
  { dims, from, to, precision, begun }: FrameAccumulatorOptions,
  library: MatrixLibrary,
): FrameAccumulator {
  const rows = to - from;
  const length = runLength(dims);
  const isNarrow = precision === 'float32';
  const waiting = new (isNarrow ? Float32Array : Float64Array)(length * dims);
  const sums = new Float64Array(rows * to);
  const products = isNarrow ? new Float32Array(rows * to) : sums;
  if (begun !== undefined) {
    for (let r = 0, at = 0; r < rows; at += from + ++r) {
      sums.set(begun.triangle.subarray(at, at + from + r + 1), r * to);
    }
  }
  let summed = begun?.vectors ?? 0;
  let isEnded = false;

  const addRun = (pending: number): void => {
    const own = { data: waiting.subarray(from), stride: dims };
    const sizes = { k: pending, isAdded: !isNarrow };
    if (from > 0 && rows > 0) {
      const target = { data: products, stride: to };
      library.multiplyColumns(own, { data: waiting, stride: dims }, target, {
        ...sizes,
        m: rows,
        n: from,
      });
    }
    if (rows > 0) {
      const target = { data: products.subarray(from), stride: to };
      library.squareColumns(own, target, { ...sizes, n: rows });
    }
    if (isNarrow) addLower(sums, products, { from, rows, to });
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
      for (let r = 0, at = 0; r < rows; at += from + ++r) {
        triangle.set(sums.subarray(r * to, r * to + from + r + 1), at);
      }
      return { vectors: summed, triangle };
    },
    result: () => {
      checkNotEnded(isEnded);
      runs.end();
      isEnded = true;
      const out = new Float64Array(rows * dims);
      for (let r = 0; r < rows; r++) {
        out.set(sums.subarray(r * to, r * to + from + r + 1), r * dims);
      }
      return out;
    },
  };
}

/** Adds the entries up to the diagonal. */
function addLower(
  sums: Float64Array,
  products: Float32Array | Float64Array,
  { from, rows, to }: { readonly from: number; readonly rows: number; readonly to: number },
): void {
  for (let r = 0; r < rows; r++) {
    const end = r * to + from + r + 1;
    for (let at = r * to; at < end; at++) sums[at] += products[at];
  }
}
