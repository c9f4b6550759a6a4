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

/** How many threads measure; a signal ends them at once, and not only between two blocks. */
export interface ThreadOptions {
  /** As many as there are processors where absent; 1 computes in this thread. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Multiply-adds of a first reading that is worth keeping on its way: some seconds. */
const WORTH_KEEPING = 5e11;

/** Multiply-adds that are worth keeping the result of: a third of a second. */
const WORTH_KEEPING_WHOLE = 1e10;

/**
 * `measureStream` by worker threads, which end with it. With a checkpoint, a measurement that was cut off goes on from the
 * sums of S it had kept, or from its spectrum, to the same bytes; one that had ended is not done again.
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

/** As `measureWithThreads`, however small the source; states are kept at least `between` milliseconds apart. */
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

/** Multiply-adds of a reading of all features: S is D x D, the Gram matrix of fewer features N x N. */
function frameCost({ dims, features }: FeatureSource): number {
  return features * dims * Math.min(features, dims);
}

/** `streamNeighbours` by worker threads, which end with it. With a checkpoint the result is kept, and taken if it was. */
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

/** `streamGeometry` by worker threads, which end with it. */
export async function geometryWithThreads(
  source: FeatureSource,
  options: GeometryOptions & StreamHooks & ThreadOptions = {},
): Promise<StreamGeometry> {
  return withWorkers(options, frameCost(source), (workers) =>
    streamGeometry(source, options, workers),
  );
}

/**
 * Multiply-adds that this thread does in less time than workers take to start, a tenth of a second and 20 MB each; the
 * bytes are the same either way.
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
