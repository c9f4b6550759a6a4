import type { Precision } from './precision.ts';
import { assertSize, type Block } from './block.ts';
import { machineFor } from './program.ts';
import { typescriptProjector } from './typescript-projector.ts';
import { wasmProjector } from './wasm-projector.ts';

/** The basis that features are projected onto, and what is summed of their coordinates. */
export interface ProjectorOptions {
  /** D, the dimensions of the features. */
  readonly dims: number;
  /** Vectors of the basis. */
  readonly rank: number;
  /** U^T: the vectors u_k of the basis one after the other, rank x dims numbers. */
  readonly basis: Float64Array;
  /**
   * `float32`: coordinates are computed in float32, of features and a basis rounded to it, and squared and summed in
   * float64. `float64`: all in float64.
   */
  readonly precision: Precision;
  /** Lists of `rank` numbers each. */
  readonly weights: readonly Float64Array[];
}

/** Of each of some features w, with coordinates t = U^T w: one number a feature in each array. */
export interface Projected {
  /** |w|^2, over all dimensions. */
  readonly norm: Float64Array;
  /** sum_k t_k^2. */
  readonly resolved: Float64Array;
  /** sum_k weight_k t_k^2, for each list of weights. */
  readonly weighted: readonly Float64Array[];
  /** sum_k t_k^4. */
  readonly fourth: Float64Array;
}

/** Measures features in a basis, block by block. */
export interface Projector {
  readonly measure: (block: Block, count: number) => Projected;
}

/**
 * Sums over the coordinates of features in a basis; coordinates themselves are never kept. What comes out for a feature
 * does not depend on the features beside it. Squares of float32 numbers do not underflow; entries of features should be
 * at most about 1. O(rank D) multiply-adds a feature.
 *
 * @throws RangeError if the sizes do not fit; `measure` if a block is too short.
 */
export function projector(options: ProjectorOptions): Projector {
  const { dims, rank, basis, weights } = options;
  assertSize('projector', 'dims', dims);
  assertSize('projector', 'rank', rank);
  if (basis.length !== rank * dims) {
    throw new RangeError(
      `projector: a basis of ${rank} vectors of ${dims} dims has ${rank * dims} numbers, got ${basis.length}`,
    );
  }
  weights.forEach((list, k) => {
    if (list.length === rank) return;
    throw new RangeError(`projector: weights[${k}] must have ${rank} numbers, got ${list.length}`);
  });
  const machine = machineFor(options.precision);
  return machine === null ? typescriptProjector(options) : wasmProjector(options, machine);
}
