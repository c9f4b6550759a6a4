/**
 * The most used functions of the mathematics of feature capacity. Each folder exports more under its own path.
 *
 * @module
 */
export {
  embedding,
  embeddingFromVectors,
  featureVector,
  type Embedding,
} from './embedding/embedding.ts';
export { frameOperator } from './embedding/frame-operator.ts';
export { gram } from './embedding/gram.ts';
export type { FeatureDistribution } from './features/feature-distribution.ts';
export type { CorrelatedFeatures, FeatureInputs } from './features/correlation.ts';
export { moments, type FeatureMoments } from './features/moments.ts';
export { densityForKurtosis } from './features/density-for-kurtosis.ts';
export { measureCapacity, type CapacityMeasurement } from './capacity/measure.ts';
export { efficiency } from './capacity/summary.ts';
export { mutualCoherence } from './capacity/coherence.ts';
export { gaussianBaseline } from './capacity/gaussian-baseline.ts';
export { measureNeurons } from './capacity/neurons.ts';
export { allocateQuadratic } from './theory/allocate-quadratic.ts';
export { allocateSeparable } from './theory/allocate-separable.ts';
export type { Allocation, Phase } from './theory/allocation.ts';
export { phaseBoundaries } from './theory/one-varied.ts';
export { efficientEmbedding } from './geometry/efficient-embedding.ts';
export { findBlocks } from './geometry/find-blocks.ts';
export type { BlockStructure } from './geometry/block-structure.ts';
export { nameShape } from './geometry/shapes/name-shape.ts';
export type { NamedShape } from './geometry/shapes/named-shape.ts';
export { describeGeometry, type Geometry } from './geometry/describe-geometry.ts';
export { efficientForm } from './geometry/efficient-form.ts';
export { dynamics } from './geometry/dynamics.ts';
export { auditCapacity, type Audit } from './audit/audit-capacity.ts';
export { embeddingSource, type FeatureSource } from './embedding/feature-source.ts';
export { measureStream } from './streaming/measure-stream.ts';
export type { StreamMeasurement } from './streaming/stream-measurement.ts';
export { compareFeatures } from './compare/compare-features.ts';
export type { Comparison } from './compare/comparison.ts';
export { revision, version } from './version.ts';
