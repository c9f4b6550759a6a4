import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { allowFastVectors } from './fast-vectors.ts';
import { crewOf, type MeasureCrew, type StreamThread } from './stream-crew.ts';
import type { StreamReport } from './stream-messages.ts';

/** Options of {@link measureCrew}. */
export interface MeasureCrewOptions {
  /** As many as there are processors where absent. */
  readonly threads?: number;
}

/**
 * Worker threads that measure a source together: the crew of `measureStream` and `streamNeighbours`. To be closed.
 *
 * @throws RangeError if `threads` is not a positive integer; Error if a worker cannot start.
 */
export async function measureCrew(options: MeasureCrewOptions = {}): Promise<MeasureCrew> {
  const { threads = availableParallelism() } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`threads: must be a positive integer, got ${threads}`);
  }
  const isWide = allowFastVectors();
  return crewOf(threads, () => nodeThread(isWide));
}

function nodeThread(isWide: boolean): StreamThread {
  // Always the compiled file, and without the flags of this process: as in `threadPool`.
  const worker = new Worker(new URL('../dist/node-stream-worker.js', import.meta.url), {
    execArgv: [],
    workerData: { isWide },
  });
  return {
    // Threads are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (order, transfer) => worker.postMessage(order, transfer),
    listen: (onReport, onDeath) => {
      worker.on('message', (report: StreamReport) => onReport(report));
      worker.on('messageerror', onDeath);
      worker.on('error', (error) => onDeath(error));
      worker.on('exit', (code) => onDeath(new Error(`the worker ended with code ${code}`)));
    },
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    terminate: () => worker.terminate(),
  };
}
