/**
 * L-BFGS and first-order optimisers with learning-rate schedules and gradient clipping.
 *
 * @module
 */
export * from '@polysem/engine/descent';
