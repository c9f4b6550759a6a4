import { positiveInteger } from '../checks/index.ts';
import type { FrameAccumulator, FrameAccumulatorOptions } from './kernels.ts';
import { machineFor } from './program.ts';
import { triangleSize } from './triangle.ts';
import { typescriptFrameAccumulator } from './typescript-frame.ts';
import { wasmFrameAccumulator } from './wasm-frame.ts';

/**
 * Starts the frame operator of vectors that arrive in chunks. Every entry is summed over the vectors in the same order for
 * any choice of rows and any division into chunks, so threads can share S by rows without changing its bytes. O(D)
 * multiply-adds per vector and row.
 *
 * @param options size, rows, precision and, to continue, earlier sums.
 * @returns the accumulator.
 * @throws RangeError if sizes are inconsistent; `add` throws if a chunk is too short.
 * @example
 * ```js
 * import { frameAccumulator } from 'polysem/dense';
 * const sums = frameAccumulator({ dims: 2, from: 0, to: 2, precision: 'float64' });
 * sums.add(Float64Array.of(1, 2, 3, 4), 2);
 * sums.result(); // [10, 0, 14, 20]
 * ```
 */
export function frameAccumulator(options: FrameAccumulatorOptions): FrameAccumulator {
  const { dims, from, to, begun } = options;
  positiveInteger('dims', dims);
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= dims)) {
    throw new RangeError(
      `rows: must be integers with 0 <= from <= to <= ${dims}, got ${from} to ${to}`,
    );
  }
  const size = triangleSize(from, to);
  if (begun !== undefined && begun.triangle.length !== size) {
    throw new RangeError(
      `begun: rows ${from} to ${to} have ${size} numbers, got ${begun.triangle.length}`,
    );
  }
  const machine = machineFor(options.precision);
  return machine === null
    ? typescriptFrameAccumulator(options)
    : wasmFrameAccumulator(options, machine);
}
