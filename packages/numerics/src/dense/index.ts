/**
 * Products of large matrices that come in chunks: sums of outer products, projections, nearest neighbours.
 *
 * @module
 */
export { type DenseKernels, ownKernels } from './dense-kernels.ts';
export { frameAccumulator } from './frame-accumulator.ts';
export type {
  FrameAccumulator,
  FrameSums,
  NearestNeighbours,
  Projected,
  Projector,
  Rotator,
  RowProducts,
  RowProductsOptions,
} from './kernels.ts';
export { libraryKernels } from './library/library-kernels.ts';
export type { MatrixLibrary } from './matrix-library.ts';
export { nearestNeighbours } from './nearest-neighbours.ts';
export { mergeNeighbours, type Neighbours, noNeighbours, takeNearer } from './neighbours.ts';
export type { Precision } from './precision.ts';
export { projector } from './projector.ts';

export { rowProducts } from './row-products.ts';
export { triangleSize } from './triangle.ts';
export type { Vectors } from './vectors.ts';
