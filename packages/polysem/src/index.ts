/**
 * The names that most programs need: predict, train, measure, read and write weights, draw. It runs in Node and in
 * browsers. Each subpath, such as `polysem/geometry`, has the rest of its subject.
 *
 * @module
 */
// Predict.
export {
  allocateQuadratic,
  allocateSeparable,
  type Allocation,
  densityForKurtosis,
  efficientEmbedding,
  type FeatureDistribution,
  moments,
  phaseBoundaries,
} from '@polysem/core';
export { phaseRow, type PhaseSpec, planPhase } from '@polysem/engine';
// Train.
export {
  type ToyModel,
  train,
  trainMany,
  type TrainingResult,
  type TrainingSpec,
} from '@polysem/engine';
// Measure.
export {
  type Audit,
  auditCapacity,
  type CapacityMeasurement,
  compareFeatures,
  describeGeometry,
  dynamics,
  embedding,
  type Embedding,
  embeddingFromVectors,
  findBlocks,
  gaussianBaseline,
  type Geometry,
  measureCapacity,
  measureStream,
  nameShape,
} from '@polysem/core';
export { measureNeurons } from '@polysem/core/capacity';
// Read and write.
export {
  bytesSource,
  embeddingToMatrix,
  encodeNpy,
  encodeSafetensors,
  openTensors,
  readTable,
  readTensor,
  type Tensor,
  toEmbedding,
} from '@polysem/io';
// Draw.
export { embeddingArrowsFigure, gramHeatMapFigure, phaseDiagramFigure } from '@polysem/figures';
export { revision, version } from '@polysem/core/version';
