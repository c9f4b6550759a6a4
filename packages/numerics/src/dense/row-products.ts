import type { Precision } from './precision.ts';
import { assertSize, type Block } from './block.ts';
import { machineFor } from './program.ts';
import { typescriptRowProducts } from './typescript-row-products.ts';
import { wasmRowProducts } from './wasm-row-products.ts';

/** The vectors that features are multiplied with. */
export interface RowProductsOptions {
  /** D, the dimensions of the features. */
  readonly dims: number;
  /** How many vectors there are. */
  readonly count: number;
  /** The vectors one after the other, count x dims numbers. */
  readonly rows: Float32Array | Float64Array;
  /** What is multiplied and added in; numbers of another type are rounded to it first. */
  readonly precision: Precision;
}

/** Multiplies features with vectors that stay the same, block by block. */
export interface RowProducts {
  /** Inner products of `features` features with every vector: features x count, those of one feature side by side. */
  readonly multiply: (block: Block, features: number) => Float64Array;
}

/**
 * Inner products of features that come in blocks with some vectors. What comes out for a feature does not depend on the
 * features beside it. O(count D) multiply-adds a feature.
 *
 * @throws RangeError if the sizes do not fit; `multiply` if a block is too short.
 */
export function rowProducts(options: RowProductsOptions): RowProducts {
  const { dims, count, rows, precision } = options;
  assertSize('rowProducts', 'dims', dims);
  assertSize('rowProducts', 'count', count);
  if (rows.length !== count * dims) {
    throw new RangeError(
      `rowProducts: ${count} vectors of ${dims} dims have ${count * dims} numbers, got ${rows.length}`,
    );
  }
  const machine = machineFor(precision);
  return machine === null ? typescriptRowProducts(options) : wasmRowProducts(options, machine);
}
