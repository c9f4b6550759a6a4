/**
 * Sizes of reproductions, which help texts name. Loads none of the code that computes them.
 *
 * @module
 */
export { fullGeometry, type GeometrySize } from './geometry-size.ts';
export { fullReproduction, quickReproduction, type ReproductionSize } from './reproduction-size.ts';
