export { embedding, embeddingFromVectors, featureVector, type Embedding } from './embedding.ts';
export {
  assertFeatures,
  embeddingSource,
  type FeatureSource,
  type Precision,
} from './feature-source.ts';
export {
  frameAccumulator,
  type FrameAccumulator,
  type FrameAccumulatorOptions,
} from './dense/frame-accumulator.ts';
export {
  projector,
  type Projected,
  type Projector,
  type ProjectorOptions,
} from './dense/projector.ts';
export { inlineCrew, type StreamCrew } from './streaming/crew.ts';
export { streamHand, type StreamHand } from './streaming/hand.ts';
export type { StreamTasks } from './streaming/tasks.ts';
export {
  neighbourCost,
  streamNeighbours,
  type StreamNeighbourOptions,
  type StreamNeighbours,
} from './streaming/stream-neighbours.ts';
export {
  compareWithChance,
  gaussianChance,
  matrixFigures,
  similarShape,
  simulatedChance,
  unitVectorChance,
  type Chance,
  type ChanceComparison,
  type MatrixFigures,
} from './streaming/chance.ts';
export { spectrumChance, type SpectrumChanceOptions } from './streaming/spectrum-chance.ts';
export {
  bootstrapSummary,
  type BootstrapOptions,
  type BootstrapSummary,
  type Interval,
} from './streaming/bootstrap.ts';
export type { BaselineShape } from './streaming/baselines/generated.ts';
export { densityOfEntries } from './streaming/baselines/density-of-entries.ts';
export { gaussianSource } from './streaming/baselines/gaussian-source.ts';
export { unitVectorSource } from './streaming/baselines/unit-vector-source.ts';
export { sparseSource, type SparseShape } from './streaming/baselines/sparse-source.ts';
export { ownNormsSource } from './streaming/baselines/own-norms-source.ts';
export { shuffledNormsSource } from './streaming/baselines/shuffled-norms-source.ts';
export { measureStream } from './streaming/measure-stream.ts';
export { centred, meanVector, scaledBy, unitLength } from './streaming/transforms.ts';
export type {
  ErrorEstimate,
  StopSignal,
  StreamHooks,
  StreamMeasurement,
  StreamOptions,
  StreamPrecision,
  StreamProgress,
  StreamSpectrum,
} from './streaming/stream-measurement.ts';
export {
  nearestNeighbours,
  type NearestNeighbours,
  type NearestNeighboursOptions,
} from './dense/nearest-neighbours.ts';
export { mergeNeighbours, noNeighbours, type Neighbours } from './dense/neighbours.ts';
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
export { isWeighted, type WeightedBatch } from './features/weighted-batch.ts';
export {
  isCorrelated,
  type CorrelatedFeatures,
  type Correlation,
  type FeatureInputs,
  type Groups,
} from './features/correlation.ts';
export { sampleCorrelated } from './features/sample-correlated.ts';
export { activeSetLaw, type ActiveSetLaw } from './features/active-set-law.ts';
export { batchOf } from './features/batch-of.ts';
export {
  dataInputs,
  dataSet,
  isDataInputs,
  type DataInputs,
  type DataSet,
} from './features/data-set.ts';
export { sha256OfNumbers } from './features/sha256.ts';
export { selectRows, type GivenRows } from './features/given-rows.ts';
export { sampleInputs } from './features/sample-inputs.ts';
export { stratify, type StrataOptions } from './features/strata.ts';
export { quasiPoints } from './random/quasi.ts';
export {
  symmetricEigen,
  symmetricEigenvalues,
  type EigenOptions,
  type SymmetricEigen,
} from './linalg/symmetric-eigen.ts';
export { frameOperator } from './linalg/frame-operator.ts';
export { gram } from './linalg/gram.ts';
export { leftSingular, type LeftSingular } from './linalg/singular.ts';
export { bestAssignment } from './linalg/assignment.ts';
export { measureCapacity, type CapacityMeasurement } from './capacity/measure.ts';
export { participationRatio, effectiveRank } from './capacity/spectral.ts';
export { efficiency, summarise, type Summary } from './capacity/summary.ts';
export { mutualCoherence, welchBound, type Coherence } from './capacity/coherence.ts';
export {
  measureNeurons,
  type NeuronMeasurement,
  type NeuronOptions,
  type Sharing,
} from './capacity/neurons.ts';
export { gaussianBaseline, type GaussianBaseline } from './capacity/gaussian-baseline.ts';
export { binEdges, histogram, type Histogram } from './capacity/histogram.ts';
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
export type {
  Block,
  BlockEvidence,
  BlockLevel,
  BlockStructure,
} from './geometry/block-structure.ts';
export {
  constructEfficient,
  type BlockDescription,
  type EfficientConstruction,
  type EfficientDescription,
} from './geometry/construct-efficient.ts';
export { randomTightFrameOf } from './geometry/frame-of-capacities.ts';
export { randomOrthogonal, randomTightFrame } from './geometry/random-tight-frame.ts';
export {
  EFFICIENT_WITHIN,
  efficientForm,
  fromEfficientForm,
  type EfficientBlock,
  type EfficientForm,
} from './geometry/efficient-form.ts';
export { nearestEfficient, type NearestEfficient } from './geometry/nearest-efficient.ts';
export { polarFactor, type PolarFactor } from './linalg/polar.ts';
export { findBlocks, type FindBlocksOptions } from './geometry/find-blocks.ts';
export { withoutShort } from './geometry/without-short.ts';
export {
  frameSpectrum,
  groupEigenvalues,
  type Eigenspace,
  type FrameSpectrum,
  type SpectrumOptions,
} from './geometry/frame-spectrum.ts';
export {
  forEachSpectralMeasure,
  randomLocalisation,
  spectralMeasures,
  type FeatureSpectrum,
  type SpectralMeasureOptions,
  type SpectralMeasures,
} from './geometry/spectral-measure.ts';
export type { BlockSpan } from './geometry/block-frame.ts';
export { alignNeurons, type Alignment, type AlignOptions } from './geometry/align-neurons.ts';
export {
  alignmentReport,
  type AlignmentReport,
  type BlockAlignment,
  type BlockAmongNeurons,
} from './geometry/alignment-report.ts';
export type { DynamicsEvent, Partition } from './geometry/partition-events.ts';
export {
  dynamics,
  type Checkpoint,
  type Dynamics,
  type DynamicsOptions,
  type DynamicsRow,
} from './geometry/dynamics.ts';
export { antiprismHeight, type AntiprismKind } from './geometry/shapes/antiprism.ts';
export { nameShape } from './geometry/shapes/name-shape.ts';
export type { NamedShape, NameShapeOptions, Stretch } from './geometry/shapes/named-shape.ts';
export { polytope, type PolytopeName } from './geometry/shapes/polytope.ts';
export { tegum } from './geometry/shapes/tegum.ts';
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
export {
  productAccumulator,
  productsOf,
  type ProductAccumulator,
} from './models/product-covariance.ts';
export { exactProducts } from './models/exact-products.ts';
export { batchMeanError, inputsMeanError, type MeanError } from './models/quadratic-mean-error.ts';
export { quadraticCorrelatedLoss } from './models/quadratic-correlated-loss.ts';
export { quadraticFactorLoss } from './models/quadratic-factor-loss.ts';
export { quadraticPairLoss } from './models/quadratic-pair-loss.ts';
export { quadraticGroupedLoss } from './models/quadratic-grouped-loss.ts';
export type { Loss } from './models/loss.ts';
export { activations, type Activation, type ActivationFunction } from './activations/activation.ts';
export { normalCdf } from './elementary/normal.ts';
export { batchLoss } from './models/batch-loss.ts';
export { featurewiseForm, type FeaturewiseForm } from './models/featurewise-form.ts';
export { featurewiseLoss } from './models/featurewise-loss.ts';
export { computationLoss } from './models/computation-loss.ts';
export { parameterLayout, type ParameterLayout } from './models/parameters.ts';
export {
  checkModel,
  isQuadraticModel,
  tasks,
  type CompressionModel,
  type ComputationModel,
  type ImportanceRole,
  type QuadraticModel,
  type ToyModel,
  type VectorComputationModel,
} from './models/toy-model.ts';
export {
  descentStep,
  firstOrderDefaults,
  type DescentState,
  type FirstOrder,
  type FirstOrderName,
} from './descent/optimiser.ts';
export { scheduleFactor, type Schedule } from './descent/schedule.ts';
export { clipFactor, gradientNorm } from './descent/clip.ts';
export { beginDescent, descend, type DescentPlan } from './descent/descend.ts';
export { lbfgs, type LbfgsOptions, type LbfgsResult } from './descent/lbfgs.ts';
export {
  lossRounding,
  type Instance,
  type InstanceState,
  type Kernel,
  type KernelName,
} from './kernels/kernel.ts';
export { availableKernels, fastestKernel, kernelNamed } from './kernels/fastest-kernel.ts';
export { typescriptKernel } from './kernels/typescript-kernel.ts';
export {
  initialisations,
  initialParameters,
  type Initialisation,
  type InitialisationName,
} from './training/initialise.ts';
export {
  beginJob,
  continueJob,
  type EarlyStopping,
  type HistoryEntry,
  type Job,
  type JobProgress,
} from './training/job.ts';
export { inlineExecutor, portion, type Executor, type ExecutorHooks } from './training/executor.ts';
export { checkTrainingSpec } from './training/check-spec.ts';
export {
  optimiserNames,
  recordedSteps,
  trainingDefaults,
  type Optimiser,
  type TrainingSpec,
} from './training/training-spec.ts';
export type { TrainedParts } from './training/problem.ts';
export { hasJobs, trainingJobs, trainingResult, usesKernel } from './training/jobs.ts';
export {
  divergence,
  trainedStart,
  type DivergedTraining,
  type HistoryPoint,
  type TrainedStart,
  type TrainingResult,
  type TrainingRun,
} from './training/result.ts';
export { train, type TrainingExtras } from './training/train.ts';
export { trainMany, type TrainManyExtras } from './training/train-many.ts';
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
export {
  checkGridSpec,
  defaultGridTraining,
  DISAGREEMENT,
  gridCell,
  gridParameters,
  type Architecture,
  type GridAxis,
  type GridCell,
  type GridParameter,
  type GridSpec,
  type GridTraining,
} from './phase/grid-spec.ts';
export {
  SWEEP_METHOD,
  sweepRow,
  type Optimum,
  type StartEnd,
  type SweepTask,
  type SweptCell,
  type SweptRow,
} from './phase/sweep-row.ts';
export { survey, type GridDiagram, type SweepRows } from './phase/survey.ts';
export { expectWideVectors } from './wasm/wide-vectors.ts';
export { checkFloat32Range } from './kernels/float32-range.ts';
export { version } from './version.ts';
export { contourLines, type GridPoint } from './phase/contours.ts';
export { firstRise, lastRise, type Crossing } from './phase/crossings.ts';
export {
  FULL_ABOVE,
  IGNORED_BELOW,
  phaseAreas,
  phaseNameOf,
  PLATEAU,
  type PhaseName,
} from './phase/named-phases.ts';
export { BOUNDARY_STEP, roughness, type Roughness } from './phase/roughness.ts';
export { blocksOfEigenvectors, inBlockBases } from './geometry/block-basis.ts';
export { trackBlocks } from './geometry/track-blocks.ts';
export {
  describeGeometry,
  type Geometry,
  type GeometryOptions,
} from './geometry/describe-geometry.ts';
export { checkpointAt } from './geometry/checkpoint.ts';
export { describeBlocks } from './geometry/describe-blocks.ts';
export { geometryLabels } from './phase/geometry-labels.ts';
export { refine, type RefinedStep } from './phase/refine.ts';
export { predictCapacity } from './audit/predict.ts';
export { fitPrice, type PriceFit, type PriceFits } from './audit/fit-price.ts';
export { kurtosisFromDensity, type FeatureStatistics } from './audit/statistics.ts';
export {
  activationStatistics,
  varianceExplained,
  type ActivationAccumulator,
  type ActivationStatistics,
} from './audit/activation-statistics.ts';
export {
  auditCapacity,
  type Audit,
  type AuditInput,
  type AuditOptions,
  type NullPrediction,
} from './audit/audit-capacity.ts';
export type { Estimate } from './audit/bootstrap.ts';
export type { Goodness } from './audit/goodness.ts';
export { limitsOf, type AuditContext, type Limit } from './audit/limits.ts';
export type { NullName } from './audit/null-predictions.ts';
export type { Outlier, Outliers } from './audit/outliers.ts';
export type { PermutationTest } from './audit/permutation-test.ts';
export type { Relation, Relations } from './audit/relations.ts';
export type { TrendBin } from './audit/trend.ts';
