import type { FeatureSource } from '../embedding/feature-source.ts';
import { forEachChunk } from './chunks.ts';
import { transferable, type StreamWorkers } from './workers.ts';
import type { StreamHooks, StreamProgress } from './stream-measurement.ts';
import type { ChunkInput, StreamTasks } from './tasks.ts';

/** Chunks per worker at any time: one in progress and one waiting. */
const AHEAD = 2;

/** Tasks that process one chunk each. */
type ChunkTask = {
  readonly [K in keyof StreamTasks]: StreamTasks[K]['input'] extends ChunkInput ? K : never;
}[keyof StreamTasks];

/** A task for each chunk of a source. */
interface SharedChunks<K extends ChunkTask> {
  readonly source: FeatureSource;
  readonly chunks: readonly { readonly first: number; readonly count: number }[];
  /** Stage that progress is reported for. */
  readonly stage: StreamProgress['stage'];
  readonly task: K;
  readonly inputOf: (chunk: Float32Array | Float64Array, count: number) => StreamTasks[K]['input'];
}

/**
 * Reads chunks in order and gives each to the least busy worker; calls `take` with each answer as soon as it arrives, with
 * the first feature of the chunk and its number of features.
 */
export async function shareChunks<K extends ChunkTask>(
  { source, chunks, stage, task, inputOf }: SharedChunks<K>,
  workers: StreamWorkers,
  hooks: StreamHooks,
  take: (answer: StreamTasks[K]['answer'], first: number, count: number) => void,
): Promise<void> {
  const load = Array.from({ length: workers.threads }, () => 0);
  await forEachChunk(
    source,
    chunks,
    { ahead: AHEAD * workers.threads, stage, hooks },
    async (chunk, first, count) => {
      const worker = load.indexOf(Math.min(...load));
      load[worker]++;
      const answer = await workers.ask(worker, task, inputOf(chunk, count), transferable(chunk));
      load[worker]--;
      take(answer, first, count);
    },
  );
}
