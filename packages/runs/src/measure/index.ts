/**
 * The measuring pipeline: matrices, baselines, neighbours, blocks, by all threads, resumable.
 *
 * @module
 */
export { BASELINES, type BaselineName, MEANINGS, referenceJson } from './baselines.ts';
export { measurementStore } from './measurement-store.ts';
export {
  measureMatrix,
  type MatrixToMeasure,
  type WorkHooks,
  measureSource,
  treated,
} from './measure-matrix.ts';
export type { MeasuredMatrix, RelativeNorms } from './measured-matrix.ts';
export { originalIndices, originalNeighbours } from './original-index.ts';
export { parallelPairs } from './parallel-pairs.ts';
export type { FeatureChoice } from './feature-choice.ts';
export {
  measureWithThreads,
  neighboursWithThreads,
  type ThreadOptions,
} from './measure-with-threads.ts';
export type { MeasureSettings } from './measure-settings.ts';
