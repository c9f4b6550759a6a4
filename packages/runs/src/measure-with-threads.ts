import {
  inlineCrew,
  measureStream,
  streamGeometry,
  streamNeighbours,
  type FeatureSource,
  type GeometryOptions,
  type StreamGeometry,
  type StreamHooks,
  type StreamNeighbours,
  type StreamNeighbourOptions,
  type StreamCrew,
  type StreamMeasurement,
  type StreamOptions,
  type StreamSpectrum,
} from '@polysem/core';
import { allowFastVectors, measureCrew } from '@polysem/threads/node';
import { dropSpectrum, keepSpectrum, readSpectrum } from './spectrum-checkpoint.ts';

/** How many threads measure; a signal ends them at once, and not only between two blocks. */
export interface ThreadOptions {
  /** As many as there are processors where absent; 1 computes in this thread. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where a measurement keeps what it would take long to find again, should it be cut off. */
export interface MeasureCheckpoint {
  readonly path: string;
  /** Of source, treatment and precision together: what was kept under another is not taken. */
  readonly identity: string;
}

/** Multiply-adds of a first reading that is worth keeping: some seconds. */
const WORTH_KEEPING = 5e11;

/**
 * `measureStream` by worker threads, which end with it. With a checkpoint, a measurement that was cut off while it measured
 * features goes on from its spectrum, to the same bytes.
 */
export async function measureWithThreads(
  source: FeatureSource,
  options: StreamOptions & ThreadOptions & { readonly checkpoint?: MeasureCheckpoint } = {},
): Promise<StreamMeasurement> {
  const { checkpoint, ...others } = options;
  if (checkpoint === undefined || frameCost(source) < WORTH_KEEPING)
    return withCrew(options, frameCost(source), (crew) => measureStream(source, others, crew));
  return measureKept(source, others, checkpoint);
}

/** As `measureWithThreads`, however small the source. */
export async function measureKept(
  source: FeatureSource,
  options: StreamOptions & ThreadOptions,
  { path, identity }: MeasureCheckpoint,
): Promise<StreamMeasurement> {
  const kept = {
    spectrum: readSpectrum(path, identity),
    onSpectrum: (spectrum: StreamSpectrum) => keepSpectrum(path, identity, spectrum),
  };
  const measured = await withCrew(options, frameCost(source), (crew) =>
    measureStream(source, { ...options, ...kept }, crew),
  );
  dropSpectrum(path);
  return measured;
}

/** Multiply-adds of a reading of all features. */
function frameCost({ dims, features }: FeatureSource): number {
  return features * dims ** 2;
}

/** `streamNeighbours` by worker threads, which end with it. */
export async function neighboursWithThreads(
  source: FeatureSource,
  options: StreamNeighbourOptions & ThreadOptions = {},
): Promise<StreamNeighbours> {
  const { dims, features } = source;
  return withCrew(options, (features * features * dims) / 2, (crew) =>
    streamNeighbours(source, options, crew),
  );
}

/** `streamGeometry` by worker threads, which end with it. */
export async function geometryWithThreads(
  source: FeatureSource,
  options: GeometryOptions & StreamHooks & ThreadOptions = {},
): Promise<StreamGeometry> {
  return withCrew(options, frameCost(source), (crew) => streamGeometry(source, options, crew));
}

/** Multiply-adds that this thread does in less time than workers take to start; the bytes are the same either way. */
const SMALL = 3e8;

async function withCrew<T>(
  { threads, signal }: ThreadOptions,
  multiplyAdds: number,
  work: (crew: StreamCrew) => Promise<T>,
): Promise<T> {
  if (threads === 1 || multiplyAdds < SMALL) {
    allowFastVectors();
    return work(inlineCrew());
  }
  const crew = await measureCrew(threads === undefined ? {} : { threads });
  const onAbort = (): void => void crew.close(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  try {
    return await work(crew);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await crew.close();
  }
}
