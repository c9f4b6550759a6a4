export { embedding, embeddingFromVectors, featureVector, type Embedding } from './embedding.ts';
export { philox4x32 } from './random/philox.ts';
export { generator, split, uint32, type Generator } from './random/generator.ts';
export {
  bernoulli,
  exponential,
  gamma,
  geometric,
  integerBelow,
  laplace,
  normal,
  studentT,
  uniform,
  uniformBetween,
} from './random/distributions.ts';
export { fillNormal, fillUniform } from './random/fill.ts';
export { permutation, shuffle, type Exchangeable } from './random/shuffle.ts';
export {
  defaultDegreesOfFreedom,
  rawMoment,
  shapes,
  type FeatureShape,
  type Shape,
} from './features/shapes.ts';
export {
  validateDistribution,
  validateShape,
  type FeatureDistribution,
} from './features/distribution.ts';
export { moments, type FeatureMoments } from './features/moments.ts';
export { densityForKurtosis } from './features/density.ts';
export { sampleFeatures } from './features/sample.ts';
export { sampleSparse, type SparseBatch } from './features/sparse.ts';
export { symmetricEigen, type SymmetricEigen } from './linalg/symmetric-eigen.ts';
export { frameOperator } from './linalg/frame-operator.ts';
export { gram } from './linalg/gram.ts';
export { leftSingular, type LeftSingular } from './linalg/singular.ts';
export { measureCapacity, type CapacityMeasurement } from './capacity/measure.ts';
export { participationRatio, effectiveRank } from './capacity/spectral.ts';
export { efficiency, summarise, type Summary } from './capacity/summary.ts';
export { mutualCoherence, welchBound, type Coherence } from './capacity/coherence.ts';
export { gaussianBaseline, type GaussianBaseline } from './capacity/gaussian-baseline.ts';
export { phases, type Allocation, type Phase } from './theory/allocation.ts';
export {
  bestSquaredNorm,
  capacityAtPrice,
  CRITICAL_KURTOSIS,
  featureLoss,
  marginalBenefit,
  returns,
} from './theory/quadratic.ts';
export {
  checkProblem,
  type CheckedProblem,
  type QuadraticProblem,
} from './theory/quadratic-problem.ts';
export { allocateQuadratic, type AllocateOptions } from './theory/allocate-quadratic.ts';
export {
  allocateSeparable,
  type SeparableAllocation,
  type SeparableProblem,
} from './theory/allocate-separable.ts';
export {
  phaseBoundaries,
  variedCapacity,
  type OneVaried,
  type PhaseBoundaries,
} from './theory/one-varied.ts';
export { efficientEmbedding } from './geometry/efficient-embedding.ts';
export {
  quadraticExactLoss,
  bestBias,
  standardMoments,
  type LossMoments,
} from './models/quadratic-exact-loss.ts';
export { quadraticBatchLoss } from './models/quadratic-batch-loss.ts';
export {
  productIndex,
  quadraticSampleLoss,
  sampleProducts,
  type ProductCovariance,
} from './models/quadratic-sample-loss.ts';
export type { Loss } from './models/loss.ts';
export {
  activations,
  normalCdf,
  type Activation,
  type ActivationFunction,
} from './models/activation.ts';
export { batchLoss } from './models/batch-loss.ts';
export { compressionLoss } from './models/compression-loss.ts';
export { computationLoss } from './models/computation-loss.ts';
export { parameterLayout, type ParameterLayout } from './models/parameters.ts';
export {
  checkModel,
  type CompressionModel,
  type ComputationModel,
  type QuadraticModel,
  type ToyModel,
} from './models/toy-model.ts';
export {
  firstOrderDefaults,
  stepper,
  type FirstOrder,
  type FirstOrderName,
  type Stepper,
} from './training/optimiser.ts';
export { descend, type DescendOptions, type Descent, type Schedule } from './training/descend.ts';
export { lbfgs, type LbfgsOptions, type LbfgsResult } from './training/lbfgs.ts';
export { initialWeights } from './training/initialise.ts';
export { hasTheory, trainingDefaults, type TrainingSpec } from './training/training-spec.ts';
export type { TrainedParts } from './training/problem.ts';
export {
  train,
  type TrainedStart,
  type TrainingExtras,
  type TrainingResult,
  type TrainingRun,
} from './training/train.ts';
export {
  axisValues,
  checkPhaseSpec,
  defaultCellTraining,
  rowInputs,
  type CellTraining,
  type LogAxis,
  type PhaseSpec,
} from './phase/phase-spec.ts';
export { phaseRow, type PhaseRow, type TrainedRow } from './phase/phase-row.ts';
export { version } from './version.ts';
