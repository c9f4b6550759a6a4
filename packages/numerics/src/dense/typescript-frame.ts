import { assertBlock } from './block.ts';
import type { FrameAccumulator, FrameAccumulatorOptions } from './frame-accumulator.ts';
import { triangleOf } from './triangle.ts';

/** Features that are added in one pass over S. */
const AT_ONCE = 4;

/** The frame operator in plain TypeScript, products and sums in float64: against which the other is tested. */
export function typescriptFrameAccumulator({
  dims,
  from,
  to,
  precision,
  begun,
}: FrameAccumulatorOptions): FrameAccumulator {
  const sums = new Float64Array((to - from) * dims);
  // Features wait here until there are four, so that the order of sums does not depend on how blocks are cut.
  const waiting = new Float64Array(AT_ONCE * dims);
  let summed = begun?.features ?? 0;
  if (begun !== undefined) {
    for (let r = from, at = 0; r < to; at += ++r) {
      sums.set(begun.triangle.subarray(at, at + r + 1), (r - from) * dims);
    }
  }
  let count = 0;
  let isEnded = false;
  const addWaiting = (): void => {
    waiting.fill(0, count * dims);
    summed += count;
    count = 0;
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
    add: (block, features) => {
      assertBlock('frameAccumulator', block, features, dims);
      if (isEnded) throw new Error('frameAccumulator: nothing can be added after the result');
      for (let f = 0; f < features; f++) {
        for (let d = 0; d < dims; d++) {
          const value = block[f * dims + d];
          waiting[count * dims + d] = precision === 'float32' ? Math.fround(value) : value;
        }
        count++;
        if (count === AT_ONCE) addWaiting();
      }
    },
    sums: () => ({ features: summed, triangle: triangleOf(sums, dims, from, to) }),
    result: () => {
      if (count > 0) addWaiting();
      isEnded = true;
      return sums.slice();
    },
  };
}
