import {
  inlineWorker,
  measureStream,
  neighbourCost,
  streamGeometry,
  streamNeighbours,
  type StreamGeometry,
  type StreamHooks,
  type StreamNeighbours,
  type StreamNeighbourOptions,
  type StreamWorkers,
  type StreamMeasurement,
  type StreamOptions,
} from '@polysem/core/streaming';
import type { FeatureSource } from '@polysem/core/embedding';
import type { GeometryOptions } from '@polysem/core/geometry';
import { libraryKernels } from '@polysem/numerics/dense';
import { allowFastVectors, openPool, type Blas } from '@polysem/threads/node';
import { resumeMeasurement, resumeSearch, type KeptPart } from './resume-measurement.ts';

/** Number of threads, the library that they use, and a signal that stops them at once. */
export interface ThreadOptions {
  /** Default: one per processor. 1 computes in this thread. */
  readonly threads?: number | undefined;
  /** The library for large products; default: polysem's own kernels. Only these give the same bytes for any number of threads. */
  readonly blas?: Blas | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Cost, in multiply-adds, from which results and partial sums are kept: a third of a second. */
export const WORTH_KEEPING = 1e10;

/**
 * Runs `measureStream` in worker threads. With `kept`, an interrupted measurement resumes from its partial sums of S or
 * from its spectrum and gives the same bytes; a finished one is read back.
 *
 * @param source the vectors.
 * @param options settings of the measurement, number of threads, and the store if results are kept.
 * @returns the measurement.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { measureWithThreads } from 'polysem/measure';
 * const { capacity } = await measureWithThreads(embeddingSource(polytope('pentagon')), { threads: 1 });
 * capacity[0]; // 0.400000
 * ```
 */
export async function measureWithThreads(
  source: FeatureSource,
  options: StreamOptions & ThreadOptions & { readonly kept?: KeptPart | undefined } = {},
): Promise<StreamMeasurement> {
  const { kept, ...others } = options;
  const cost = frameCost(source);
  if (kept === undefined || cost < WORTH_KEEPING)
    return withWorkers(options, cost, (workers) => measureStream(source, others, workers));
  return measureKept(source, others, kept);
}

/** Like `measureWithThreads`, but keeps states for small sources too, at least `between` milliseconds apart. */
export async function measureKept(
  source: FeatureSource,
  options: StreamOptions & ThreadOptions,
  kept: KeptPart,
  between?: number,
): Promise<StreamMeasurement> {
  const { store, part } = kept;
  const finished = store.finished(part);
  if (finished !== undefined) return finished as StreamMeasurement;
  const resuming = resumeMeasurement(kept, between);
  const measured = await withWorkers(options, frameCost(source), (workers) =>
    measureStream(source, { ...options, ...resuming }, workers),
  );
  store.finish(part, measured);
  return measured;
}

/** Multiply-adds of one pass over all features: for S (D x D), or for the Gram matrix (N x N) if N < D. */
function frameCost({ dims, features }: FeatureSource): number {
  return features * dims * Math.min(features, dims);
}

/**
 * Runs `streamNeighbours` in worker threads. With `kept`, an interrupted search resumes from the pairs of chunks that it had
 * done and gives the same bytes; a finished one is read back.
 *
 * @param source the vectors.
 * @param options settings, number of threads, and the store if results are kept.
 * @returns the nearest neighbour of each feature.
 *
 * @example
 * ```js
 * import { embedding, embeddingSource } from 'polysem/embedding';
 * import { neighboursWithThreads } from 'polysem/measure';
 * const source = embeddingSource(embedding(2, 3, Float64Array.of(1, 0, 0, 1, 0, 2)));
 * (await neighboursWithThreads(source, { threads: 1 })).pair; // [1, 2]
 * ```
 */
export async function neighboursWithThreads(
  source: FeatureSource,
  options: StreamNeighbourOptions & ThreadOptions & { readonly kept?: KeptPart | undefined } = {},
): Promise<StreamNeighbours> {
  const { kept, ...others } = options;
  const cost = neighbourCost(source.features, source.dims);
  if (kept === undefined || cost < WORTH_KEEPING)
    return withWorkers(options, cost, (workers) => streamNeighbours(source, others, workers));
  return neighboursKept(source, others, kept);
}

/** Like `neighboursWithThreads`, but keeps states for small sources too, at least `between` milliseconds apart. */
export async function neighboursKept(
  source: FeatureSource,
  options: StreamNeighbourOptions & ThreadOptions,
  kept: KeptPart,
  between?: number,
): Promise<StreamNeighbours> {
  const { store, part } = kept;
  const finished = store.finished(part);
  if (finished !== undefined) return finished as StreamNeighbours;
  const resuming = resumeSearch(kept, between);
  const cost = neighbourCost(source.features, source.dims);
  const found = await withWorkers(options, cost, (workers) =>
    streamNeighbours(source, { ...options, ...resuming }, workers),
  );
  store.finish(part, found);
  return found;
}

/**
 * Runs `streamGeometry` in worker threads.
 *
 * @param source the vectors.
 * @param options settings and number of threads.
 * @returns the geometry.
 */
export async function geometryWithThreads(
  source: FeatureSource,
  options: GeometryOptions & StreamHooks & ThreadOptions = {},
): Promise<StreamGeometry> {
  return withWorkers(options, frameCost(source), (workers) =>
    streamGeometry(source, options, workers),
  );
}

/**
 * Cost, in multiply-adds, below which this thread is faster than starting workers (0.1 s and 20 MB each). The bytes of the
 * result are the same either way.
 */
const SMALL = 2e9;

/** Calls `work` with worker threads, or with this thread if the cost is small. */
export async function withWorkers<T>(
  { threads, blas, signal }: ThreadOptions,
  multiplyAdds: number,
  work: (workers: StreamWorkers) => Promise<T>,
): Promise<T> {
  if (threads === 1 || multiplyAdds < SMALL) {
    allowFastVectors();
    return work(inlineWorker(blas ? libraryKernels(blas) : undefined));
  }
  const pool = await openPool({ ...(threads !== undefined && { threads }), blas });
  const onAbort = (): void => void pool.close(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  try {
    return await work(pool);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await pool.close();
  }
}
