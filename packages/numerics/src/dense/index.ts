/**
 * Products of large matrices that come in chunks: sums of outer products, projections, nearest neighbours.
 *
 * @module
 */
export type { Block } from './block.ts';
export { frameAccumulator, type FrameAccumulator, type FrameSums } from './frame-accumulator.ts';
export { nearestNeighbours, type NearestNeighbours } from './nearest-neighbours.ts';
export { mergeNeighbours, type Neighbours, noNeighbours, takeNearer } from './neighbours.ts';
export { type Projected, projector, type Projector } from './projector.ts';
export { rotator, type Rotator } from './rotator.ts';
export { rowProducts, type RowProducts, type RowProductsOptions } from './row-products.ts';
export { triangleSize } from './triangle.ts';
export type { Precision } from './precision.ts';
