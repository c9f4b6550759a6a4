/**
 * Sizes of reproductions, which help texts name. Loads none of the code that computes them.
 *
 * @module
 */
export { fullGeometry, type GeometrySize, quickGeometry } from './geometry-size.ts';
