/**
 * Optimisers, schedules, gradient clipping, L-BFGS.
 *
 * @module
 */
export { lbfgs } from './lbfgs.ts';
export { firstOrderDefaults } from './optimiser.ts';
