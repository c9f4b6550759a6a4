/**
 * Layouts of checkpoints: which matrices hold features, and which axis counts them.
 *
 * @module
 */
export { decoderDoubt, relativeNorms } from './decoder-norms.ts';
export {
  PRESETS,
  tensorsOf,
  type FeatureMatrix,
  type FeatureVectors,
  type NormFold,
  type Preset,
  type VectorProduct,
  type VectorRange,
} from './feature-matrix.ts';
export { findFeatures, type FeatureHints, type FoundFeatures } from './find-features.ts';
export { gatherFeatures, type FeatureRecipe } from './gather-features.ts';
export type { ModelConfig } from './model-config.ts';
export { openFiniteFeatures, type FiniteFeatures } from './finite-features.ts';
export { openFeatures } from './open-features.ts';
export { readHints, type WeightsPlace } from './read-hints.ts';
export { bothReadings, type Reading } from './readings.ts';
