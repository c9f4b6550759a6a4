/**
 * Hold: training all weights while one feature keeps a given capacity.
 *
 * @module
 */
export { type Held, heldLoss, type HeldLoss, type HeldSizes } from './held-loss.ts';
export { type HeldOptimum, type HeldProblem, minimiseHeld } from './minimise-held.ts';
