import {
  inlineCrew,
  measureStream,
  streamNeighbours,
  type FeatureSource,
  type StreamNeighbours,
  type StreamNeighbourOptions,
  type StreamCrew,
  type StreamMeasurement,
  type StreamOptions,
} from '@polysem/core';
import { allowFastVectors, measureCrew } from '@polysem/threads/node';

/** How many threads measure; a signal ends them at once, and not only between two blocks. */
export interface ThreadOptions {
  /** As many as there are processors where absent; 1 computes in this thread. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `measureStream` by worker threads, which end with it. */
export async function measureWithThreads(
  source: FeatureSource,
  options: StreamOptions & ThreadOptions = {},
): Promise<StreamMeasurement> {
  const { dims, features } = source;
  return withCrew(options, features * dims * dims, (crew) => measureStream(source, options, crew));
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
