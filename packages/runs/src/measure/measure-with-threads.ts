import {
  inlineWorker,
  measureStream,
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
import { allowFastVectors, openPool } from '@polysem/threads/node';
import {
  dropMeasurement,
  isResult,
  keep,
  resumeMeasurement,
  type MeasureCheckpoint,
} from '../measure-checkpoint.ts';
import { readNumbers } from '../number-file.ts';

/** Number of threads, and a signal that stops them at once. */
export interface ThreadOptions {
  /** Default: one per processor. 1 computes in this thread. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Cost of the first pass, in multiply-adds, from which partial sums are kept: some seconds. */
const WORTH_KEEPING = 5e11;

/** Cost, in multiply-adds, from which a result is kept: a third of a second. */
const WORTH_KEEPING_WHOLE = 1e10;

/**
 * Runs `measureStream` in worker threads. With a checkpoint, an interrupted measurement resumes from its partial sums of S
 * or from its spectrum and gives the same bytes; a finished one is read back.
 *
 * @param source the vectors.
 * @param options settings of the measurement, number of threads, and the checkpoint if results are kept.
 * @returns the measurement.
 *
 * @example
 * ```js
 * import { embeddingSource } from '@polysem/core/embedding';
 * import { polytope } from '@polysem/core/geometry';
 * import { measureWithThreads } from '@polysem/runs/measure';
 * const { capacity } = await measureWithThreads(embeddingSource(polytope('pentagon')), { threads: 1 });
 * capacity[0]; // 0.400000
 * ```
 */
export async function measureWithThreads(
  source: FeatureSource,
  options: StreamOptions & ThreadOptions & { readonly checkpoint?: MeasureCheckpoint } = {},
): Promise<StreamMeasurement> {
  const { checkpoint, ...others } = options;
  const cost = frameCost(source);
  if (
    checkpoint === undefined ||
    cost < (checkpoint.keepsResult === true ? WORTH_KEEPING_WHOLE : WORTH_KEEPING)
  )
    return withWorkers(options, cost, (workers) => measureStream(source, others, workers));
  return measureKept(source, others, checkpoint);
}

/** Like `measureWithThreads`, but keeps states for small sources too, at least `between` milliseconds apart. */
export async function measureKept(
  source: FeatureSource,
  options: StreamOptions & ThreadOptions,
  checkpoint: MeasureCheckpoint,
  between?: number,
): Promise<StreamMeasurement> {
  const kept = resumeMeasurement(checkpoint, between);
  if (isResult(kept)) return kept;
  const measured = await withWorkers(options, frameCost(source), (workers) =>
    measureStream(source, { ...options, ...kept }, workers),
  );
  if (checkpoint.keepsResult === true) keep(checkpoint, 'measured', measured);
  else dropMeasurement(checkpoint);
  return measured;
}

/** Multiply-adds of one pass over all features: for S (D x D), or for the Gram matrix (N x N) if N < D. */
function frameCost({ dims, features }: FeatureSource): number {
  return features * dims * Math.min(features, dims);
}

/**
 * Runs `streamNeighbours` in worker threads. With a checkpoint, a finished result is kept and read back.
 *
 * @param source the vectors.
 * @param options settings, number of threads, and the checkpoint if results are kept.
 * @returns the nearest neighbour of each feature.
 *
 * @example
 * ```js
 * import { embedding, embeddingSource } from '@polysem/core/embedding';
 * import { neighboursWithThreads } from '@polysem/runs/measure';
 * const source = embeddingSource(embedding(2, 3, Float64Array.of(1, 0, 0, 1, 0, 2)));
 * (await neighboursWithThreads(source, { threads: 1 })).pair; // [1, 2]
 * ```
 */
export async function neighboursWithThreads(
  source: FeatureSource,
  options: StreamNeighbourOptions &
    ThreadOptions & { readonly checkpoint?: MeasureCheckpoint } = {},
): Promise<StreamNeighbours> {
  const { checkpoint, ...others } = options;
  const { dims, features } = source;
  const cost = (features * features * dims) / 2;
  const kept = checkpoint && readNumbers(checkpoint.path, checkpoint.identity);
  if (kept?.kind === 'neighbours') return kept.value as unknown as StreamNeighbours;
  const found = await withWorkers(options, cost, (workers) =>
    streamNeighbours(source, others, workers),
  );
  if (checkpoint !== undefined && cost >= WORTH_KEEPING_WHOLE)
    keep(checkpoint, 'neighbours', found);
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

async function withWorkers<T>(
  { threads, signal }: ThreadOptions,
  multiplyAdds: number,
  work: (workers: StreamWorkers) => Promise<T>,
): Promise<T> {
  if (threads === 1 || multiplyAdds < SMALL) {
    allowFastVectors();
    return work(inlineWorker());
  }
  const pool = await openPool(threads === undefined ? {} : { threads });
  const onAbort = (): void => void pool.close(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  try {
    return await work(pool);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await pool.close();
  }
}
