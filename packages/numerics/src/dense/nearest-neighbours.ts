import { assertSize, type Block } from './block.ts';
import type { Neighbours } from './neighbours.ts';
import { machineFor } from './program.ts';
import { typescriptNeighbours } from './typescript-neighbours.ts';
import { wasmNeighbours } from './wasm-neighbours.ts';

/** The block sizes that a kernel is made for. */
export interface NearestNeighboursOptions {
  /** D, the dimensions of the features. */
  readonly dims: number;
  /** The most features of a block. */
  readonly most: number;
}

/** Finds nearest neighbours among the features of one block, or between those of two; indices count within blocks. */
export interface NearestNeighbours {
  /** For each feature of a block the neighbour among the others of it: one product for both of a pair. */
  readonly within: (block: Block, count: number) => Neighbours;
  /** For each feature of two blocks the neighbour in the other block, likewise. */
  readonly between: (
    a: Block,
    aCount: number,
    b: Block,
    bCount: number,
  ) => { readonly ofA: Neighbours; readonly ofB: Neighbours };
}

/**
 * The kernel that looks for largest |cosines| between blocks of vectors of unit length, in float32. Of equal ones the lowest
 * index counts; zero vectors have no neighbour and are none. All pairs of N features are `within` of each block and
 * `between` of each two of them, put together by {@link mergeNeighbours} in any order: what comes out does not depend on
 * it, nor on the size of blocks. N^2 D flops; memory O(most D).
 *
 * @throws RangeError if a size is not a positive integer; its functions if a block is too short or has more than `most`
 *   features.
 */
export function nearestNeighbours(options: NearestNeighboursOptions): NearestNeighbours {
  assertSize('nearestNeighbours', 'dims', options.dims);
  assertSize('nearestNeighbours', 'most', options.most);
  const machine = machineFor('float32');
  return machine === null ? typescriptNeighbours(options) : wasmNeighbours(options, machine);
}
