/* oxlint-disable no-await-in-loop -- one chunk is read at a time */
import type { FeatureSource } from '../embedding/feature-source.ts';
import type { StreamHooks, StreamProgress } from './stream-measurement.ts';

/** Bytes per chunk: large compared with a message, small compared with memory. */
const CHUNK_BYTES = 2 * 2 ** 20;

/** Number of features in a chunk of about 2 MiB; at least 1. */
export function chunkFeatures({ dims, precision }: FeatureSource): number {
  return Math.max(1, Math.floor(CHUNK_BYTES / (dims * bytesOf(precision))));
}

/** Bytes per number. */
export function bytesOf(precision: FeatureSource['precision']): number {
  return precision === 'float32' ? 4 : 8;
}

/** Consecutive features that are read at once. */
export interface ChunkRange {
  readonly first: number;
  readonly count: number;
}

/** Ranges of features, from feature `from` on, in chunks of a given size. */
export function chunksOf(features: number, size: number, from = 0): ChunkRange[] {
  const chunks: ChunkRange[] = [];
  for (let first = from; first < features; first += size) {
    chunks.push({ first, count: Math.min(size, features - first) });
  }
  return chunks;
}

/** @throws the signal's reason if the signal is aborted. */
export function throwIfAborted({ signal }: Pick<StreamHooks, 'signal'>): void {
  if (signal?.aborted === true) throw signal.reason;
}

/** Options of {@link forEachChunk}. */
export interface ChunkReading {
  /** Number of chunks in use while the next one is read. */
  readonly ahead: number;
  /** The stage that progress reports. */
  readonly stage: StreamProgress['stage'];
  readonly hooks: StreamHooks;
  /** Features that progress counts as done already; default 0. */
  readonly before?: number;
}

/**
 * Reads chunks in order, one at a time, and calls `use` with each without waiting for it: up to `ahead` chunks are in use
 * while the next one is read. Resolves when all uses have ended. After an error of a read or a use, it starts no other and
 * rejects with the first error once nothing is in use.
 */
export async function forEachChunk(
  source: FeatureSource,
  chunks: readonly ChunkRange[],
  { ahead, stage, hooks, before = 0 }: ChunkReading,
  use: (chunk: Float32Array | Float64Array, first: number, count: number) => Promise<void>,
): Promise<void> {
  const total = chunks.reduce((sum, { count }) => sum + count, before);
  let done = before;
  let failure: { readonly reason: unknown } | null = null;
  const inUse = new Set<Promise<void>>();
  try {
    for (const { first, count } of chunks) {
      throwIfAborted(hooks);
      const chunk = await source.read(first, count);
      while (inUse.size >= ahead) await Promise.race(inUse);
      if (failure !== null) break;
      const used = use(chunk, first, count)
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
  throwIfAborted(hooks);
}
