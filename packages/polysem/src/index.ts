/**
 * The names that most programs need: predict, train, measure, read and write weights, draw. It runs in Node and in
 * browsers. Each subpath, such as `polysem/geometry`, has the rest of its subject.
 *
 * @module
 */
// Embeddings and inputs.
export {
  embedding,
  type Embedding,
  embeddingFromVectors,
  type FeatureDistribution,
  moments,
  densityForKurtosis,
} from '@polysem/core';
// Predict.
export {
  allocateQuadratic,
  allocateSeparable,
  type Allocation,
  efficientEmbedding,
  phaseBoundaries,
} from '@polysem/core';
// Train.
export {
  type GridSpec,
  phaseRow,
  type PhaseSpec,
  planPhase,
  type ToyModel,
  train,
  trainMany,
  type TrainingResult,
  type TrainingSpec,
} from '@polysem/engine';
export { trainGrid } from '@polysem/engine/phase';
// Measure.
export {
  type Audit,
  auditCapacity,
  type CapacityMeasurement,
  describeGeometry,
  dynamics,
  efficiency,
  findBlocks,
  frameOperator,
  gaussianBaseline,
  type Geometry,
  gram,
  measureCapacity,
  nameShape,
} from '@polysem/core';
export { summariseMatrix } from '@polysem/core/streaming';
// Read and write.
export {
  bytesSource,
  embeddingToMatrix,
  encodeNpy,
  encodeSafetensors,
  FormatError,
  openTensors,
  readTable,
  readTensor,
  type Tensor,
  toEmbedding,
} from '@polysem/io';
// Draw.
export { embeddingArrowsFigure, gramHeatMapFigure, phaseDiagramFigure } from '@polysem/figures';
export { version } from '@polysem/core/version';
