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
export { bootstrapSummary } from './bootstrap.ts';
export {
  type Chance,
  gaussianChance,
  similarShape,
  simulatedChance,
  unitVectorChance,
} from './chance.ts';
export { inlineWorker, type StreamWorkers } from './workers.ts';
export type { SpectrumState } from './frame-state.ts';
export { forEachGathered } from './geometry/picked.ts';
export { streamGeometry, type StreamGeometry } from './geometry/stream-geometry.ts';
export { streamWorker, type StreamWorker } from './stream-worker.ts';
export { measureStream } from './measure-stream.ts';
export { spectrumChance } from './spectrum-chance.ts';
export type {
  StreamHooks,
  StreamMeasurement,
  StreamOptions,
  StreamProgress,
  StreamSpectrum,
} from './stream-measurement.ts';
export {
  neighbourCost,
  type StreamNeighbourOptions,
  streamNeighbours,
  type StreamNeighbours,
} from './stream-neighbours.ts';
export type { StreamTasks } from './tasks.ts';
export { centred, meanVector, scaledBy, unitLength } from './transforms.ts';
