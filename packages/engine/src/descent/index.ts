/**
 * L-BFGS and first-order optimisers with learning-rate schedules and gradient clipping.
 *
 * @module
 */
export { lbfgs, type LbfgsOptions } from './lbfgs.ts';
export { firstOrderDefaults } from './optimiser.ts';
