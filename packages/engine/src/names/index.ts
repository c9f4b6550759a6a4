/**
 * Names and default settings that help texts list. Loads none of the code that computes with them.
 *
 * @module
 */
export { activationNames } from '../activations/registry.ts';
export { gridParameters } from './grid-parameters.ts';
export { defaultGridTraining } from './grid-training.ts';
export { initialisations } from './initialisations.ts';
export { optimiserNames } from './optimisers.ts';
export { tasks } from './tasks.ts';
