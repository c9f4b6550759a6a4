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
export { densityForKurtosis } from './density.ts';
export { type Dependence, inputLaw } from './dependence.ts';
export { type FeatureDistribution, validateDistribution } from './distribution.ts';
export { factorMixture } from './factor-mixture.ts';
export { drawRows, type GivenRows, selectRows } from './given-rows.ts';
export { jointDensity, type JointDensity } from './joint-density.ts';
export { type FeatureMoments, moments } from './moments.ts';
export { sampleCorrelated } from './sample-correlated.ts';
export { sampleInputs } from './sample-inputs.ts';
export { sampleFeatures } from './sample.ts';
export { sha256OfNumbers } from './sha256.ts';
export { linearShapes, shapeValues } from './shape-values.ts';
export { defaultDegreesOfFreedom, type FeatureShape, rawMoment, shapes } from './shapes.ts';
export { sampleSparse, type SparseBatch } from './sparse.ts';
export { stratify } from './strata.ts';
export { activeMoments } from './value-moments.ts';
export { isWeighted, type WeightedBatch } from './weighted-batch.ts';
