import { assertBlock, assertSize, type Block } from './block.ts';
import { machineFor } from './program.ts';
import { wasmRotator } from './wasm-rotator.ts';

/** The basis that features are written in. */
export interface RotatorOptions {
  /** D, the dimensions of the features. */
  readonly dims: number;
  /** U^T: D vectors one after the other, dims x dims numbers. */
  readonly basis: Float64Array;
}

/** Gives the coordinates t = U^T w of features, count x dims numbers, in float64. */
export type Rotator = (block: Block, count: number) => Float64Array;

/**
 * Writes features in a basis, block by block. Each coordinate is one sum of products in float64, right to some roundings of
 * |w|, and does not depend on the features beside it. D^2 multiply-adds a feature.
 *
 * @throws RangeError if the sizes do not fit, or a block is too short.
 */
export function rotator({ dims, basis }: RotatorOptions): Rotator {
  assertSize('rotator', 'dims', dims);
  if (basis.length !== dims * dims) {
    throw new RangeError(
      `rotator: a basis of ${dims} dims has ${dims * dims} numbers, got ${basis.length}`,
    );
  }
  const machine = machineFor('float64');
  return machine === null
    ? typescriptRotator({ dims, basis })
    : wasmRotator({ dims, basis }, machine);
}

/** The rotation in plain TypeScript: against which the other is tested. */
export function typescriptRotator({ dims, basis }: RotatorOptions): Rotator {
  return (block, count) => {
    assertBlock('rotator', block, count, dims);
    const out = new Float64Array(count * dims);
    for (let i = 0; i < count * dims; i += dims) {
      for (let k = 0; k < dims; k++) {
        let sum = 0;
        for (let d = 0; d < dims; d++) sum += basis[k * dims + d] * block[i + d];
        out[i + k] = sum;
      }
    }
    return out;
  };
}
