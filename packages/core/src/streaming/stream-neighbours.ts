import { checkedReads, type FeatureSource } from '../embedding/feature-source.ts';
import { mergeNeighbours, noNeighbours, type Neighbours } from '@polysem/numerics/dense';
import { bytesOf, throwIfAborted } from './chunks.ts';
import { nearestSoFar, pairPass, type ResumableSearch } from './pair-pass.ts';
import { inlineWorker, type StreamWorkers } from './workers.ts';
import { largestEntry } from './scaling.ts';

/** Options of {@link streamNeighbours}. */
export interface StreamNeighbourOptions extends ResumableSearch {
  /** Bytes of a chunk of vectors; default 16 MiB. Two are in memory at a time, and one for each pair in progress. */
  readonly chunkBytes?: number | undefined;
}

/** The most nearly parallel other feature of each feature. */
export interface StreamNeighbours {
  /** Its index, the lowest among equally near ones to float32 accuracy; -1 for a zero vector or if there is no other. */
  readonly index: Int32Array;
  /** The signed cosine with it; 0 if there is none. */
  readonly cosine: Float64Array;
  /** Mutual coherence: the largest |cosine|. */
  readonly coherence: number;
  /** The two features that attain it, lower index first; null if there is no pair. */
  readonly pair: readonly [number, number] | null;
}

/**
 * Number of multiply-adds of {@link streamNeighbours}: D for each of N (N - 1) / 2 pairs.
 *
 * @param features N.
 * @param dims D.
 * @returns number of multiply-adds.
 * @example
 * ```js
 * import { neighbourCost } from 'polysem/streaming';
 * neighbourCost(3, 10); // 30
 * ```
 */
export function neighbourCost(features: number, dims: number): number {
  return ((features * (features - 1)) / 2) * dims;
}

/** Largest cost of all pairs, in multiply-adds, that `polysem measure` takes without being asked: some seconds. */
export const CHEAP_NEIGHBOURS: number = 2.5e11;

/** Default size of a chunk. */
export const CHUNK_BYTES: number = 16 * 2 ** 20;

/** Smallest number of chunks for any number of workers, so that several threads have work. */
export const MIN_CHUNKS: number = 8;

/**
 * The nearest neighbour of every feature by |cosine|, over all pairs: O(N^2 D) (see {@link neighbourCost}).
 *
 * Features are divided into B chunks, and the source is read about B / 2 times: for each chunk, all chunks after it. Pairs are
 * found in float32, and their cosines computed in float64. The result does not depend on the number of workers.
 *
 * @param source the features.
 * @param options size of chunks, progress and a signal.
 * @param workers the workers; by default this thread.
 * @returns neighbour and cosine of each feature, and the coherence.
 * @throws RangeError (as rejection) if a number is not finite; otherwise the error of a read, a callback or a worker.
 * @example
 * ```js
 * import { gaussianSource, streamNeighbours } from 'polysem/streaming';
 * const { index } = await streamNeighbours(gaussianSource({ dims: 2, features: 2, seed: 1 }));
 * Array.from(index); // [1, 0]
 * ```
 */
export async function streamNeighbours(
  source: FeatureSource,
  options: StreamNeighbourOptions = {},
  workers: StreamWorkers = inlineWorker(),
): Promise<StreamNeighbours> {
  const checked = checkedReads(source);
  const { dims, features, name } = source;
  const { chunkBytes = CHUNK_BYTES } = options;
  const most = Math.max(1, Math.floor(chunkBytes / (dims * bytesOf(source.precision))));
  const size = Math.min(most, Math.ceil(features / MIN_CHUNKS));
  const chunks = Math.ceil(features / size);
  const all = nearestSoFar(options.begun, size, [noNeighbours(features)]);
  const [nearest] = all;
  const read = async (chunk: number): Promise<Float32Array | Float64Array> => {
    throwIfAborted(options);
    const first = chunk * size;
    const numbers = await checked.read(first, Math.min(size, features - first));
    largestEntry(numbers, dims, first, name);
    return numbers;
  };
  await pairPass(
    {
      dims,
      most: size,
      total: (chunks * (chunks + 1)) / 2,
      pairs: triangle(chunks),
      readRow: read,
      readColumn: async (column, row) => (column === row ? null : read(column)),
      nearest: all,
    },
    ({ row, column }, { ofA, ofB }) => {
      mergeNeighbours(nearest, row * size, ofA, column * size);
      mergeNeighbours(nearest, column * size, ofB, row * size);
    },
    workers,
    options,
  );
  return summarised(nearest);
}

/** Every chunk with itself and with those after it. */
function* triangle(chunks: number): Generator<[row: number, column: number]> {
  for (let row = 0; row < chunks; row++)
    for (let column = row; column < chunks; column++) yield [row, column];
}

/** Adds the coherence and the pair that attains it. */
function summarised({ index, cosine }: Neighbours): StreamNeighbours {
  let best = -1;
  for (let i = 0; i < index.length; i++) {
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
