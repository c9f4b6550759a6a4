import type { NeuronMeasurement, NeuronOptions } from '../../capacity/neurons.ts';
import { thresholdOf } from '../../capacity/neurons.ts';
import {
  mergeLargest,
  neuronsOfSums,
  noWeights,
  type NeuronSums,
} from '../../capacity/neuron-sums.ts';
import type { FeatureSource } from '../../embedding/feature-source.ts';
import { onEveryWorker, type StreamWorkers } from '../workers.ts';
import { allChunks } from '../frame-pass.ts';
import { shareChunks } from '../share-chunks.ts';
import type { StreamHooks } from '../stream-measurement.ts';

/** `measureNeurons` of features that are read in chunks, twice, since weights are relative to the largest of their neuron. */
export async function streamNeurons(
  source: FeatureSource,
  options: NeuronOptions,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<NeuronMeasurement> {
  const { dims } = source;
  const threshold = thresholdOf(options);
  const chunks = allChunks(source);
  const half = (from: number): StreamHooks => ({
    signal: hooks.signal,
    onProgress: ({ stage, done, total }) =>
      hooks.onProgress?.({ stage, done: from * total + done, total: 2 * total }),
  });
  const largest = noWeights(dims);
  await shareChunks(
    {
      source,
      chunks,
      stage: 'neurons',
      task: 'largestWeights',
      inputOf: (chunk, count) => ({ chunk, count, dims }),
    },
    workers,
    half(0),
    (found, first) => mergeLargest(largest, found, first),
  );
  const order = { largest: largest.magnitude, threshold };
  await onEveryWorker(workers, (worker) => workers.ask(worker, 'openNeurons', order));
  const sums: NeuronSums[] = [];
  await shareChunks(
    {
      source,
      chunks,
      stage: 'neurons',
      task: 'neurons',
      inputOf: (chunk, count) => ({ chunk, count }),
    },
    workers,
    half(1),
    (found, first) => {
      sums[first / chunks[0].count] = found;
    },
  );
  return neuronsOfSums(largest, sums, threshold);
}
