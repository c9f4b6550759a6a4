import { positiveInteger } from '../checks/index.ts';
import type { RowProducts, RowProductsOptions } from './kernels.ts';
import { machineFor } from './program.ts';
import { typescriptRowProducts } from './typescript-row-products.ts';
import { wasmRowProducts } from './wasm-row-products.ts';

/**
 * Makes a kernel for inner products of chunks of vectors with fixed vectors. The result for a vector does not depend on the
 * other vectors of its chunk. O(count D) multiply-adds per vector.
 *
 * @param options the fixed vectors and the precision.
 * @returns the kernel.
 * @throws RangeError if sizes are inconsistent; `multiply` throws if a chunk is too short.
 * @example
 * ```js
 * import { rowProducts } from 'polysem/dense';
 * const rows = Float64Array.of(1, 0, 1, 1);
 * const kernel = rowProducts({ dims: 2, count: 2, rows, precision: 'float64' });
 * kernel.multiply(Float64Array.of(3, 4), 1); // [3, 7]
 * ```
 */
export function rowProducts(options: RowProductsOptions): RowProducts {
  const { dims, count, rows, precision } = options;
  positiveInteger('dims', dims);
  positiveInteger('count', count);
  if (rows.length !== count * dims) {
    throw new RangeError(
      `rows: ${count} vectors of ${dims} dims have ${count * dims} numbers, got ${rows.length}`,
    );
  }
  const machine = machineFor(precision);
  return machine === null ? typescriptRowProducts(options) : wasmRowProducts(options, machine);
}
