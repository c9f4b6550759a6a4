/* oxlint-disable no-await-in-loop -- a pair is started when a worker is free */
import type { NeighbourPair, Signs } from './chunk-pair.ts';
import type { StreamHooks } from './stream-measurement.ts';
import { transferable, type StreamWorkers } from './workers.ts';

/** Two chunks to compare, by number, with their vectors; `b` is null for a chunk with itself. */
export interface ChunkPairTask {
  readonly row: number;
  readonly column: number;
  readonly a: Float32Array | Float64Array;
  readonly b: Float32Array | Float64Array | null;
}

/** Pairs of chunks on their way to workers. */
export interface PairQueue {
  /** Waits for a worker and starts a pair. Rejects if an earlier pair failed. */
  readonly add: (pair: ChunkPairTask) => Promise<void>;
  readonly settled: () => Promise<unknown>;
  readonly throwIfFailed: () => void;
}

/** D, the largest number of features in a chunk, the number of pairs, and the meaning of signs (default free). */
export interface PairSizes {
  readonly dims: number;
  readonly most: number;
  readonly total: number;
  readonly signs?: Signs;
}

/**
 * Distributes pairs of chunks among workers, one per worker at a time, and hands over what they find, in any order. Progress
 * counts `before` pairs as done already.
 */
export function pairQueue(
  { dims, most, total, signs }: PairSizes,
  before: number,
  found: (pair: ChunkPairTask, neighbours: NeighbourPair) => void,
  workers: StreamWorkers,
  { onProgress }: StreamHooks,
): PairQueue {
  let done = before;
  let failure: { readonly reason: unknown } | null = null;
  const free = Array.from({ length: workers.threads }, (_, worker) => worker);
  const inProgress = new Set<Promise<void>>();
  const throwIfFailed = (): void => {
    if (failure !== null) throw failure.reason;
  };
  return {
    add: async (pair) => {
      while (free.length === 0) await Promise.race(inProgress);
      throwIfFailed();
      const worker = free.shift() ?? 0;
      const { a, b } = pair;
      const [aCount, bCount] = [a.length / dims, (b ?? a).length / dims];
      const work = workers
        .ask(
          worker,
          'neighbours',
          { dims, most, a, aCount, b, bCount, ...(signs !== undefined && { signs }) },
          b ? transferable(b) : [],
        )
        .then((neighbours) => {
          found(pair, neighbours);
          done++;
          onProgress?.({ stage: 'neighbours', done, total });
        })
        .catch((reason: unknown) => {
          failure ??= { reason };
        })
        .finally(() => {
          free.push(worker);
          inProgress.delete(work);
        });
      inProgress.add(work);
    },
    settled: () => Promise.all(inProgress),
    throwIfFailed,
  };
}
