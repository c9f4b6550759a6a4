import type { FeatureSource } from '../embedding/feature-source.ts';
import { forEachChunk } from './chunks.ts';
import { transferable, type StreamWorkers } from './workers.ts';
import type { StreamHooks, StreamProgress } from './stream-measurement.ts';
import type { BlockInput, StreamTasks } from './tasks.ts';

/** Chunks per worker at any time: one in progress and one waiting. */
const AHEAD = 2;

/** Tasks that process one chunk each. */
type BlockTask = {
  readonly [K in keyof StreamTasks]: StreamTasks[K]['input'] extends BlockInput ? K : never;
}[keyof StreamTasks];

/**
 * Reads chunks in order and gives each to the least busy worker; calls `take` with each answer as
 * soon as it arrives.
 */
export async function shareBlocks<K extends BlockTask>(
  source: FeatureSource,
  blocks: readonly { readonly first: number; readonly count: number }[],
  stage: StreamProgress['stage'],
  workers: StreamWorkers,
  hooks: StreamHooks,
  task: K,
  inputOf: (block: Float32Array | Float64Array, count: number) => StreamTasks[K]['input'],
  take: (answer: StreamTasks[K]['answer'], first: number, count: number) => void,
): Promise<void> {
  const load = Array.from({ length: workers.threads }, () => 0);
  await forEachChunk(
    source,
    blocks,
    { ahead: AHEAD * workers.threads, stage, hooks },
    async (block, first, count) => {
      const worker = load.indexOf(Math.min(...load));
      load[worker]++;
      const answer = await workers.ask(worker, task, inputOf(block, count), transferable(block));
      load[worker]--;
      take(answer, first, count);
    },
  );
}
