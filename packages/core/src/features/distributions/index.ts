/**
 * Value distributions and their moments, without samplers of correlated inputs. Loads a third of the files of
 * `@polysem/core/features`.
 *
 * @module
 */
export {
  checkMoment,
  type DistributionName,
  distributionNames,
  distributionParameters,
  distributions,
  type ParameterName,
  type ValueDistribution,
} from './registry.ts';
export type { FeatureDistribution } from '../feature-distribution.ts';
export { moments } from '../moments.ts';
