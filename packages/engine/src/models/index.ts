export { batchLoss } from './batch-loss.ts';
export type { Loss } from './loss.ts';
export { parameterLayout } from './parameters.ts';
export { quadraticExactLoss, standardMoments } from './quadratic-exact-loss.ts';
export { type CompressionModel, isQuadraticModel, tasks, type ToyModel } from './toy-model.ts';
