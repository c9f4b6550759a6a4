import { checkNotEnded, checkVectors } from './vectors.ts';
import type { FrameAccumulator, FrameAccumulatorOptions } from './kernels.ts';
import { triangleOf } from './triangle.ts';

/** Vectors per pass over S. */
const AT_ONCE = 4;

/** The frame operator in plain TypeScript, summed in float64: the reference for the WebAssembly version. */
export function typescriptFrameAccumulator({
  dims,
  from,
  to,
  precision,
  begun,
}: FrameAccumulatorOptions): FrameAccumulator {
  const sums = new Float64Array((to - from) * dims);
  // Vectors are added four at a time, so that the order of sums does not depend on the division into chunks.
  const waiting = new Float64Array(AT_ONCE * dims);
  let summed = begun?.vectors ?? 0;
  if (begun !== undefined) {
    for (let r = from, at = 0; r < to; at += ++r) {
      sums.set(begun.triangle.subarray(at, at + r + 1), (r - from) * dims);
    }
  }
  let pending = 0;
  let isEnded = false;
  const addWaiting = (): void => {
    waiting.fill(0, pending * dims);
    summed += pending;
    pending = 0;
    for (let r = from; r < to; r++) {
      const a0 = waiting[r];
      const a1 = waiting[dims + r];
      const a2 = waiting[2 * dims + r];
      const a3 = waiting[3 * dims + r];
      const row = (r - from) * dims;
      for (let c = 0; c <= r; c++) {
        sums[row + c] +=
          a0 * waiting[c] +
          a1 * waiting[dims + c] +
          a2 * waiting[2 * dims + c] +
          a3 * waiting[3 * dims + c];
      }
    }
  };
  return {
    add: (vectors, count) => {
      checkVectors(vectors, count, dims);
      checkNotEnded(isEnded);
      for (let f = 0; f < count; f++) {
        for (let d = 0; d < dims; d++) {
          const value = vectors[f * dims + d];
          waiting[pending * dims + d] = precision === 'float32' ? Math.fround(value) : value;
        }
        pending++;
        if (pending === AT_ONCE) addWaiting();
      }
    },
    sums: () => ({ vectors: summed, triangle: triangleOf(sums, dims, from, to) }),
    result: () => {
      if (pending > 0) addWaiting();
      isEnded = true;
      return sums.slice();
    },
  };
}
