import { positiveInteger } from '../checks/index.ts';
import type { NearestNeighbours, NearestNeighboursOptions } from './kernels.ts';
import { machineFor } from './program.ts';
import { typescriptNeighbours } from './typescript-neighbours.ts';
import { wasmNeighbours } from './wasm-neighbours.ts';

/**
 * Makes a kernel that finds the largest |cosine| between vectors of unit length, in float32. Among equal cosines the lowest
 * index wins. Zero vectors neither have a neighbour nor are one. All pairs of N vectors are covered by `within` each
 * chunk and `between` each two chunks; {@link mergeNeighbours} combines them in any order. The result depends neither on
 * that order nor on the size of chunks. N^2 D flops; O(most D) memory.
 *
 * @param options length of vectors and largest number in a chunk.
 * @returns the kernel.
 * @throws RangeError if a size is not a positive integer; its functions throw if a chunk is too short or too long.
 * @example
 * ```js
 * import { nearestNeighbours } from 'polysem/dense';
 * const kernel = nearestNeighbours({ dims: 2, most: 3 });
 * kernel.within(Float32Array.of(1, 0, 0, 1, 0.6, 0.8), 3).index; // [2, 2, 1]
 * ```
 */
export function nearestNeighbours(options: NearestNeighboursOptions): NearestNeighbours {
  positiveInteger('dims', options.dims);
  positiveInteger('most', options.most);
  const machine = machineFor('float32');
  return machine === null ? typescriptNeighbours(options) : wasmNeighbours(options, machine);
}
