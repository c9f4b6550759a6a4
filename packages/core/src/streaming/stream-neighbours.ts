/* oxlint-disable no-await-in-loop -- a block is read when there is room for it */
import type { FeatureSource } from '../embedding/feature-source.ts';
import { mergeNeighbours, noNeighbours } from '@polysem/numerics/dense';
import { bytesOf, stopIfAsked } from './blocks.ts';
import { transferable, inlineWorker, type StreamWorkers } from './workers.ts';
import { largestEntry } from './near-one.ts';
import type { StreamHooks } from './stream-measurement.ts';

/** Options of {@link streamNeighbours}. */
export interface StreamNeighbourOptions extends StreamHooks {
  /** Bytes of a block of vectors; 16 MiB where absent. Two are in memory at a time, and one for each pair at work. */
  readonly blockBytes?: number | undefined;
}

/** The most nearly parallel other feature of each one. */
export interface StreamNeighbours {
  /** Its index; the lowest of several that are as near, as far as float32 tells; -1 for a zero vector and where there is no other. */
  readonly index: Int32Array;
  /** The cosine with it, signed; 0 where there is none. */
  readonly cosine: Float64Array;
  /** Mutual coherence: the largest |cosine|. */
  readonly coherence: number;
  /** The two features that attain it, the lower index first; null where there is no pair. */
  readonly pair: readonly [number, number] | null;
}

/** Multiply-adds that {@link streamNeighbours} takes: N (N - 1) / 2 pairs of D products. */
export function neighbourCost(features: number, dims: number): number {
  return ((features * (features - 1)) / 2) * dims;
}

/** Bytes of a block, if nothing is said. */
const BLOCK_BYTES = 16 * 2 ** 20;

/** Parts that features are cut into at least, for any number of workers, so that several threads have work. */
const PARTS = 8;

/**
 * The nearest neighbour of every feature by |cosine|, over all pairs: O(N^2 D) (see {@link neighbourCost}).
 *
 * Features are cut into B blocks; the source is read about B / 2 times over. A row of block pairs keeps one block and
 * reads those after it. Pairs are found in float32 and told in float64; the result does not depend on the number of workers.
 *
 * @throws RangeError (as rejection) if a number is not finite; whatever a reading, a hook or a worker throws.
 */
export async function streamNeighbours(
  source: FeatureSource,
  options: StreamNeighbourOptions = {},
  workers: StreamWorkers = inlineWorker(),
): Promise<StreamNeighbours> {
  const { dims, features, name } = source;
  const { blockBytes = BLOCK_BYTES, onProgress } = options;
  const most = Math.max(1, Math.floor(blockBytes / (dims * bytesOf(source.precision))));
  const size = Math.min(most, Math.ceil(features / PARTS));
  const blocks = Math.ceil(features / size);
  const total = (blocks * (blocks + 1)) / 2;
  const nearest = noNeighbours(features);
  const { index, cosine } = nearest;
  const read = async (block: number): Promise<Float32Array | Float64Array> => {
    stopIfAsked(options);
    const first = block * size;
    const numbers = await source.read(first, Math.min(size, features - first));
    largestEntry(numbers, dims, first, name);
    return numbers;
  };

  let done = 0;
  let failure: { readonly reason: unknown } | null = null;
  const free = Array.from({ length: workers.threads }, (_, worker) => worker);
  const atWork = new Set<Promise<void>>();
  const hold = async (
    row: number,
    column: number,
    a: Float32Array | Float64Array,
    b: Float32Array | Float64Array | null,
  ): Promise<void> => {
    while (free.length === 0) await Promise.race(atWork);
    if (failure !== null) throw (failure as { readonly reason: unknown }).reason;
    const worker = free.shift() ?? 0;
    const order = {
      dims,
      most: size,
      a,
      aCount: a.length / dims,
      b,
      bCount: (b ?? a).length / dims,
    };
    const work = workers
      .ask(worker, 'neighbours', order, b === null ? [] : transferable(b))
      .then(({ ofA, ofB }) => {
        mergeNeighbours(nearest, row * size, ofA, column * size);
        mergeNeighbours(nearest, column * size, ofB, row * size);
        done++;
        onProgress?.({ stage: 'neighbours', done, total });
      })
      .catch((reason: unknown) => {
        failure ??= { reason };
      })
      .finally(() => {
        free.push(worker);
        atWork.delete(work);
      });
    atWork.add(work);
  };
  try {
    for (let row = 0; row < blocks; row++) {
      const a = await read(row);
      await hold(row, row, a, null);
      for (let column = row + 1; column < blocks; column++) {
        await hold(row, column, a, await read(column));
      }
    }
  } finally {
    await Promise.all(atWork);
  }
  if (failure !== null) throw (failure as { readonly reason: unknown }).reason;
  stopIfAsked(options);

  let best = -1;
  for (let i = 0; i < features; i++) {
    if (index[i] >= 0 && (best < 0 || Math.abs(cosine[i]) > Math.abs(cosine[best]))) best = i;
  }
  if (best < 0) return { index, cosine, coherence: 0, pair: null };
  const other = index[best];
  return {
    index,
    cosine,
    coherence: Math.abs(cosine[best]),
    pair: [Math.min(best, other), Math.max(best, other)],
  };
}
