/**
 * Activations: one file each, in float64 and in lanes.
 *
 * @module
 */
export { type Activation, activations } from './activation.ts';
