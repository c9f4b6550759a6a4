/**
 * The geometry of a matrix in a file, and the blocks through a recorded training.
 *
 * @module
 */
export { findGeometry, type FoundGeometry, isLarge } from './find-geometry.ts';
export { readDynamics } from './history.ts';
