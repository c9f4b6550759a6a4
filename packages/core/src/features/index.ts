/**
 * Inputs: distributions of features, correlation, moments, sampling, strata, data.
 *
 * @module
 */
export { activeMoments } from './active-moments.ts';
export { activeSetLaw } from './active-set-law.ts';
export { batchOf } from './batch-of.ts';
export {
  type CorrelatedFeatures,
  type Correlation,
  type FeatureInputs,
  type Groups,
  isCorrelated,
} from './correlation.ts';
export { countLaw, type CountLaw } from './count-law.ts';
export {
  dataInputs,
  type DataInputs,
  dataSet,
  type DataSet,
  heldOutRows,
  isDataInputs,
} from './data-set.ts';
export { densityForKurtosis } from './density-for-kurtosis.ts';
export type { Dependence } from './dependence.ts';
export type {
  Distribution,
  LaneDraw,
  LaneSampler,
  LinearLanes,
  Parameter,
  ParameterValues,
} from './distributions/distribution.ts';
export {
  type AnyDistribution,
  checkMoment,
  checkValueDistribution,
  type DistributionName,
  distributionNames,
  type DistributionParameter,
  distributionParameters,
  distributions,
  givenParameters,
  type ParameterName,
  parameterValues,
  rawMoment,
  valueDistribution,
  type ValueDistribution,
} from './distributions/registry.ts';
export { type FeatureDistribution, type FeatureDistributions } from './feature-distribution.ts';
export { factorMixture } from './factor-mixture.ts';
export { selectRows, type RowInputs } from './given-rows.ts';
export {
  type CorrelatedInputs,
  dependenceOf,
  type DistributedInputs,
  type IndependentInputs,
  type Inputs,
  resolveInputs,
} from './inputs.ts';
export { jointDensity, type JointDensity } from './joint-density.ts';
export { type FeatureMoments, moments, momentsOfChecked } from './moments.ts';
export { sampleCorrelated } from './sample-correlated.ts';
export { drawInputs, sampleInputs } from './sample-inputs.ts';
export { sampleFeatures } from './sample.ts';
export { type Sha256, sha256, sha256OfNumbers } from './sha256.ts';
export type { SparseBatch } from './sparse-batch.ts';
export { sampleSparse } from './sparse.ts';
export { stratify, stratifyInputs } from './strata.ts';
export { isWeighted, type WeightedBatch } from './weighted-batch.ts';
