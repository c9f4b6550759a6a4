/**
 * Toy models as data, and their losses: exact, on a batch, on a fixed sample.
 *
 * @module
 */
export { batchLoss } from './batch-loss.ts';
export type { Loss } from './loss.ts';
export { type ParameterLayout, parameterLayout } from './parameters.ts';
export { quadraticExactLoss, standardMoments } from './quadratic-exact-loss.ts';
export { tasks } from '../names/tasks.ts';
export {
  type CompressionModel,
  type ComputationModel,
  type ImportanceRole,
  isQuadraticModel,
  type QuadraticModel,
  type ToyModel,
  type VectorComputationModel,
} from './toy-model.ts';
