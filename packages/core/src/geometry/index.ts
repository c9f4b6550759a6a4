/**
 * Geometry: blocks, their shapes, the efficient form, neurons, dynamics of training.
 *
 * @module
 */
export { alignmentReport } from './alignment-report.ts';
export type { BlockSpan } from './block-frame.ts';
export { blocksAlongAxes, blocksOfEigenvectors, inBlockBases } from './block-basis.ts';
export { type BlockStructure, MAX_LEAKAGE } from './block-structure.ts';
export { checkpointAt } from './checkpoint.ts';
export { constructEfficient, type EfficientConstruction } from './construct-efficient.ts';
export { describeBlocks } from './describe-blocks.ts';
export {
  describeGeometry,
  GEOMETRY_PARTS,
  type GeometryFigures,
  type GeometryOptions,
  MAX_SEARCH_COST,
} from './describe-geometry.ts';
export { type Checkpoint, dynamics, type Dynamics } from './dynamics.ts';
export { efficientEmbedding } from './efficient-embedding.ts';
export {
  blockMatrix,
  efficientForm,
  type EfficientForm,
  fromEfficientForm,
} from './efficient-form.ts';
export { findBlocks } from './find-blocks.ts';
export { randomTightFrameOf } from './frame-of-capacities.ts';
export { frameSpectrum, type FrameSpectrum } from './frame-spectrum.ts';
export { nearestEfficient, type NearestEfficient } from './nearest-efficient.ts';
export type { DynamicsEvent, Partition } from './partition-events.ts';
export { nameShape } from './shapes/name-shape.ts';
export type { NamedShape } from './shapes/named-shape.ts';
export { polytope } from './shapes/polytope.ts';
export { renumberedShape } from './shapes/renumbered-shape.ts';
export { spectralMeasures } from './spectral-measure.ts';
export { trackBlocks } from './track-blocks.ts';
export { withoutShortVectors } from './without-short-vectors.ts';
