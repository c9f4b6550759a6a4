/**
 * Measurements of embeddings that do not fit into memory, with baselines, intervals and geometry.
 *
 * @module
 */
export { densityOfEntries } from './baselines/density-of-entries.ts';
export { gaussianSource } from './baselines/gaussian-source.ts';
export { ownNormsSource } from './baselines/own-norms-source.ts';
export { shuffledNormsSource } from './baselines/shuffled-norms-source.ts';
export { sparseSource } from './baselines/sparse-source.ts';
export { bootstrapSummary } from './bootstrap-summary.ts';
export {
  type BaselineFigures,
  gaussianBaselineFigures,
  similarSize,
  simulatedBaselineFigures,
  unitVectorBaselineFigures,
} from './baselines/baseline-figures.ts';
export { inlineWorker, type StreamWorkers } from './workers.ts';
export type { SpectrumState } from './frame-state.ts';
export { forEachGroup } from './geometry/selected-features.ts';
export { geometryCost } from './geometry/geometry-cost.ts';
export { streamGeometry, type StreamGeometry } from './geometry/stream-geometry.ts';
export { streamWorker, type StreamWorker } from './stream-worker.ts';
export type { NeighbourState, ResumableSearch } from './pair-pass.ts';
export { measureStream } from './measure-stream.ts';
export { spectrumBaselineFigures } from './baselines/spectrum-baseline.ts';
export type {
  StreamHooks,
  StreamMeasurement,
  StreamOptions,
  StreamProgress,
  StreamSpectrum,
} from './stream-measurement.ts';
export {
  CHEAP_NEIGHBOURS,
  neighbourCost,
  type StreamNeighbourOptions,
  streamNeighbours,
  type StreamNeighbours,
} from './stream-neighbours.ts';
export { type Interval, type MeasureSummary, summariseMatrix } from './summarise-matrix.ts';
export type { StreamTasks } from './tasks.ts';
export { centred, meanVector, scaledBy, unitLength } from './transforms.ts';
