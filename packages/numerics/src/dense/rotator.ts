import { positiveInteger } from '../checks/index.ts';
import type { Rotator, RotatorOptions } from './kernels.ts';
import { machineFor } from './program.ts';
import { typescriptRotator } from './typescript-rotator.ts';
import { wasmRotator } from './wasm-rotator.ts';

/**
 * Makes a rotation: it writes chunks of vectors in a basis. Each coordinate is one sum of products in float64, accurate to
 * a few roundings of |w|, and does not depend on the other vectors. D^2 multiply-adds per vector.
 *
 * @param options length of vectors, and the basis.
 * @returns the rotation.
 * @throws RangeError if sizes are inconsistent or a chunk is too short.
 * @example
 * ```js
 * import { ownKernels } from 'polysem/dense';
 * const rotate = ownKernels.rotator({ dims: 2, basis: Float64Array.of(0, 1, 1, 0) });
 * rotate(Float64Array.of(3, 4), 1); // [4, 3]
 * ```
 */
export function rotator({ dims, basis }: RotatorOptions): Rotator {
  positiveInteger('dims', dims);
  if (basis.length !== dims * dims) {
    throw new RangeError(
      `basis: a basis of ${dims} dims has ${dims * dims} numbers, got ${basis.length}`,
    );
  }
  const machine = machineFor('float64');
  return machine === null
    ? typescriptRotator({ dims, basis })
    : wasmRotator({ dims, basis }, machine);
}
