/* oxlint-disable no-await-in-loop -- a chunk is read when there is room for it */
import type { Neighbours } from '@polysem/numerics/dense';
import { throwIfAborted } from './chunks.ts';
import { pairQueue, type ChunkPairTask, type PairSizes } from './pair-queue.ts';
import type { NeighbourPair } from './chunk-pair.ts';
import type { StreamHooks } from './stream-measurement.ts';
import type { StreamWorkers } from './workers.ts';

/** State of an unfinished search for neighbours. It can be resumed, with the same bytes, by any number of workers. */
export interface NeighbourState {
  /** Number of features in a chunk. */
  readonly size: number;
  /** Number of pairs of chunks that are done, in the order of the search. */
  readonly done: number;
  /** The nearest features so far: of one source, or of each of two. */
  readonly nearest: readonly Neighbours[];
}

/** Options of a search that can be resumed. */
export interface ResumableSearch extends StreamHooks {
  /** State of an interrupted search of the same source, to resume. */
  readonly begun?: NeighbourState | undefined;
  /** Called after each pair of chunks: whether to call `onState` now. */
  readonly isStateDue?: (() => boolean) | undefined;
  /** Called with the state, whose arrays change afterwards: it must be written or copied at once. */
  readonly onState?: ((state: NeighbourState) => void) | undefined;
}

type Numbers = Float32Array | Float64Array;

/** The pairs of a search, and how their chunks are read. */
export interface PairPass extends PairSizes {
  /** Numbers of the chunks of each pair, row by row. */
  readonly pairs: Iterable<readonly [row: number, column: number]>;
  readonly readRow: (chunk: number) => Promise<Numbers>;
  /** Null: compare the row with itself. */
  readonly readColumn: (column: number, row: number) => Promise<Numbers | null>;
  /** The nearest features so far, which `found` updates. */
  readonly nearest: readonly Neighbours[];
}

/**
 * The neighbours found before an interruption, or `empty` ones.
 *
 * @throws RangeError if the state is of other sizes.
 */
export function nearestSoFar(
  begun: NeighbourState | undefined,
  size: number,
  empty: readonly Neighbours[],
): readonly Neighbours[] {
  if (begun === undefined) return empty;
  const [had, wanted] = [begun.nearest, empty].map((all) => all.map(({ index }) => index.length));
  if (begun.size !== size || had.join() !== wanted.join())
    throw new RangeError(
      `begun: is the state of ${had.join(' and ')} features in chunks of ${begun.size}, not of ${wanted.join(' and ')} in chunks of ${size}`,
    );
  return begun.nearest.map(({ index, cosine }) => ({
    index: index.slice(),
    cosine: cosine.slice(),
  }));
}

/** Compares pairs of chunks by all workers, after those that are done already. */
export async function pairPass(
  { pairs, readRow, readColumn, nearest, ...sizes }: PairPass,
  found: (pair: ChunkPairTask, neighbours: NeighbourPair) => void,
  workers: StreamWorkers,
  options: ResumableSearch,
): Promise<void> {
  const before = options.begun?.done ?? 0;
  const queue = pairQueue(sizes, before, found, workers, options);
  let number = 0;
  let at = -1;
  let a: Numbers = new Float32Array(0);
  try {
    for (const [row, column] of pairs) {
      if (++number <= before) continue;
      if (row !== at) a = await readRow(row);
      at = row;
      await queue.add({ row, column, a, b: await readColumn(column, row) });
      if (options.isStateDue?.() !== true) continue;
      await queue.settled();
      queue.throwIfFailed();
      options.onState?.({ size: sizes.most, done: number, nearest });
    }
  } finally {
    await queue.settled();
  }
  queue.throwIfFailed();
  throwIfAborted(options);
}
