import { ownKernels, type DenseKernels } from '../dense-kernels.ts';
import type { MatrixLibrary } from '../matrix-library.ts';
import { libraryFrame } from './library-frame.ts';
import { libraryNeighbours } from './library-neighbours.ts';
import { libraryProjector } from './library-projector.ts';
import { libraryRowProducts } from './library-row-products.ts';

/**
 * The kernels with all large products computed by another library. Results agree with those of the own kernels within the
 * errors that both report, but their bytes depend on the library, the processor and the number of threads.
 *
 * @param library the library.
 * @returns the kernels.
 * @example
 * ```js
 * import { libraryKernels } from 'polysem/dense';
 * // A library for matrices of one number.
 * const multiplyRows = (a, b, c) => (c.data[0] = a.data[0] * b.data[0]);
 * const { rowProducts } = libraryKernels({ name: 'scalar', multiplyRows });
 * const rows = Float64Array.of(3);
 * rowProducts({ dims: 1, count: 1, rows, precision: 'float64' }).multiply(Float64Array.of(2), 1); // [6]
 * ```
 */
export function libraryKernels(library: MatrixLibrary): DenseKernels {
  return {
    frameAccumulator: (options) => libraryFrame(options, library),
    projector: (options) => libraryProjector(options, library),
    rotator: ({ dims, basis }) => {
      const rows = { dims, count: dims, rows: basis, precision: 'float64' } as const;
      return libraryRowProducts(rows, library).multiply;
    },
    rowProducts: (options) => libraryRowProducts(options, library),
    nearestNeighbours: (options) => libraryNeighbours(options, library),
    symmetricEigen: library.symmetricEigen ?? ownKernels.symmetricEigen,
  };
}
