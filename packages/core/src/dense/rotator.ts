import { forEachInBasis } from '../linalg/coordinates.ts';
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
    const data = block.subarray(0, count * dims);
    const w = { dims, features: count, data };
    forEachInBasis(w, basis, dims, (i, t) => out.set(t, i * dims));
    return out;
  };
}
