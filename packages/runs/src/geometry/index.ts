export { findGeometry, type FoundGeometry, isLarge } from './find-geometry.ts';
export { readDynamics } from './history.ts';
