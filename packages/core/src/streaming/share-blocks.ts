import type { FeatureSource } from '../embedding/feature-source.ts';
import { forEachBlock } from './blocks.ts';
import { given, type StreamCrew } from './crew.ts';
import type { StreamHooks, StreamProgress } from './stream-measurement.ts';
import type { BlockOrder, StreamTasks } from './tasks.ts';

/** Blocks that a hand has at once: one at work and one that waits for it. */
const AHEAD = 2;

/** Tasks that are asked for block by block. */
type BlockTask = {
  readonly [K in keyof StreamTasks]: StreamTasks[K]['order'] extends BlockOrder ? K : never;
}[keyof StreamTasks];

/** Reads blocks in order and gives each to whichever hand is least busy; `take` hears of answers as they come. */
export async function shareBlocks<K extends BlockTask>(
  source: FeatureSource,
  blocks: readonly { readonly first: number; readonly count: number }[],
  stage: StreamProgress['stage'],
  crew: StreamCrew,
  hooks: StreamHooks,
  task: K,
  orderOf: (block: Float32Array | Float64Array, count: number) => StreamTasks[K]['order'],
  take: (answer: StreamTasks[K]['answer'], first: number, count: number) => void,
): Promise<void> {
  const load = Array.from({ length: crew.threads }, () => 0);
  await forEachBlock(
    source,
    blocks,
    AHEAD * crew.threads,
    stage,
    hooks,
    async (block, first, count) => {
      const hand = load.indexOf(Math.min(...load));
      load[hand]++;
      const answer = await crew.ask(hand, task, orderOf(block, count), given(block));
      load[hand]--;
      take(answer, first, count);
    },
  );
}
