import { positiveInteger } from '../checks/index.ts';
import type { Projector, ProjectorOptions } from './kernels.ts';
import { machineFor } from './program.ts';
import { typescriptProjector } from './typescript-projector.ts';
import { wasmProjector } from './wasm-projector.ts';

/**
 * Makes a projector, which sums functions of the coordinates of vectors in a basis without storing the coordinates. The
 * result for a vector does not depend on the other vectors. Squares of float32 numbers do not underflow; entries of vectors
 * should be at most about 1. O(rank D) multiply-adds per vector.
 *
 * @param options basis, precision and weights.
 * @returns the projector.
 * @throws RangeError if sizes are inconsistent; `measure` throws if a chunk is too short.
 * @example
 * ```js
 * import { projector } from 'polysem/dense';
 * const basis = Float64Array.of(1, 0);
 * const kernel = projector({ dims: 2, rank: 1, basis, precision: 'float64', weights: [] });
 * kernel.measure(Float64Array.of(3, 4), 1).norm; // [25]
 * kernel.measure(Float64Array.of(3, 4), 1).resolved; // [9]
 * ```
 */
export function projector(options: ProjectorOptions): Projector {
  const { dims, rank, basis, weights } = options;
  positiveInteger('dims', dims);
  positiveInteger('rank', rank);
  if (basis.length !== rank * dims) {
    throw new RangeError(
      `basis: a basis of ${rank} vectors of ${dims} dims has ${rank * dims} numbers, got ${basis.length}`,
    );
  }
  weights.forEach((list, k) => {
    if (list.length === rank) return;
    throw new RangeError(`weights[${k}]: must have ${rank} numbers, got ${list.length}`);
  });
  const machine = machineFor(options.precision);
  return machine === null ? typescriptProjector(options) : wasmProjector(options, machine);
}
