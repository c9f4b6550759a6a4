/**
 * Theory: losses as functions of capacity, the optimal allocation, phase boundaries.
 *
 * @module
 */
export { allocateQuadratic } from './allocate-quadratic.ts';
export { allocateSeparable } from './allocate-separable.ts';
export type { Allocation, Phase } from './allocation.ts';
export { checkImportance } from './bounds.ts';
export {
  IMPORTANCE_PATTERN,
  importanceOf,
  type ImportanceParameter,
} from './feature-importance.ts';
export { heldVaried, type HeldVaried } from './held-varied.ts';
export { checkSomeImportance } from './quadratic-problem.ts';
export { type OneVaried, phaseBoundaries, variedCapacity } from './one-varied.ts';
export { PHASE_TOLERANCE } from './phase-tolerance.ts';
export { capacityAtPrice, featureLoss, marginalBenefit } from './quadratic.ts';
