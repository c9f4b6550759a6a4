/**
 * Parameters as users name them, with the defaults that the command line and sweeps share.
 *
 * @module
 */
export { architectureOf, type ArchitectureParameters } from './architecture.ts';
export { marginalOf, usualShape, usualUnitVariance } from './marginal.ts';
export { trainingSettings, type TrainingParameters, type TrainingSettings } from './training.ts';
