export { lbfgs } from './lbfgs.ts';
export { firstOrderDefaults } from './optimiser.ts';
