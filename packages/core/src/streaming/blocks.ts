/* oxlint-disable no-await-in-loop -- one block is read at a time */
import type { FeatureSource } from '../embedding/feature-source.ts';
import type { StreamHooks, StreamProgress } from './stream-measurement.ts';

/** Bytes of a block: long beside a message, short beside the memory that is allowed. */
const BLOCK_BYTES = 2 * 2 ** 20;

/** How many features make a block of about 2 MiB, at least one. */
export function blockFeatures({ dims, precision }: FeatureSource): number {
  return Math.max(1, Math.floor(BLOCK_BYTES / (dims * bytesOf(precision))));
}

/** Bytes of a number. */
export function bytesOf(precision: FeatureSource['precision']): number {
  return precision === 'float32' ? 4 : 8;
}

/** Places of features, `from` and those after it, in blocks of a size. */
export function blocksOf(
  features: number,
  size: number,
  from = 0,
): { readonly first: number; readonly count: number }[] {
  const blocks = [];
  for (let first = from; first < features; first += size) {
    blocks.push({ first, count: Math.min(size, features - first) });
  }
  return blocks;
}

/** @throws the reason of a signal that has come. */
export function stopIfAsked({ signal }: StreamHooks): void {
  if (signal?.aborted === true) throw signal.reason;
}

/**
 * Reads blocks in order, one at a time, and gives each to `use`, not waiting for it to end: up to `ahead` are in use while
 * the next one is read. Ends when all have ended. The first error, of a read or a use, ends it once nothing is in use.
 *
 * @param before features that progress counts as done already.
 */
export async function forEachBlock(
  source: FeatureSource,
  blocks: readonly { readonly first: number; readonly count: number }[],
  ahead: number,
  stage: StreamProgress['stage'],
  hooks: StreamHooks,
  use: (block: Float32Array | Float64Array, first: number, count: number) => Promise<void>,
  before = 0,
): Promise<void> {
  const total = blocks.reduce((sum, { count }) => sum + count, before);
  let done = before;
  let failure: { readonly reason: unknown } | null = null;
  const inUse = new Set<Promise<void>>();
  try {
    for (const { first, count } of blocks) {
      stopIfAsked(hooks);
      const block = await source.read(first, count);
      while (inUse.size >= ahead) await Promise.race(inUse);
      if (failure !== null) break;
      const used = use(block, first, count)
        .then(() => {
          inUse.delete(used);
          done += count;
          hooks.onProgress?.({ stage, done, total });
        })
        .catch((reason: unknown) => {
          inUse.delete(used);
          failure ??= { reason };
        });
      inUse.add(used);
    }
  } catch (reason) {
    failure ??= { reason };
  }
  await Promise.all(inUse);
  if (failure !== null) throw (failure as { readonly reason: unknown }).reason;
  stopIfAsked(hooks);
}
