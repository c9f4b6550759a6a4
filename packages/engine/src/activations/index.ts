/**
 * Activations: one file each, in float64 and optionally in float32 lanes.
 *
 * @module
 */
export type { ActivationFunction, LaneActivation, ValueAndSlope } from './activation.ts';
export { activationLabel, activationNames, activations, type Activation } from './registry.ts';
