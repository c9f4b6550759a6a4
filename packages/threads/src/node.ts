import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { KernelName } from '@polysem/engine/kernels';
import type { Report } from './messages.ts';
import { allowFastVectors } from './fast-vectors.ts';
import { poolOf, type Thread, type ThreadPool } from './pool.ts';

export type { PoolHooks } from './hooks.ts';
export type { ThreadPool } from './pool.ts';
export { allowFastVectors } from './fast-vectors.ts';
export { measureCrew, type MeasureCrewOptions } from './node-stream.ts';
export type { MeasureCrew } from './stream-crew.ts';

/** Options of {@link threadPool}. */
export interface ThreadPoolOptions {
  /** As many as there are processors where absent. */
  readonly threads?: number;
  /** The fastest where absent. */
  readonly kernel?: KernelName | 'auto';
}

/**
 * A pool of worker threads. It keeps no process alive but while it trains.
 *
 * @throws RangeError if `threads` is not a positive integer; Error if a worker cannot start, or not with that kernel.
 */
export async function threadPool(options: ThreadPoolOptions = {}): Promise<ThreadPool> {
  const { threads = availableParallelism(), kernel = 'auto' } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`threads: must be a positive integer, got ${threads}`);
  }
  const isWide = allowFastVectors();
  return poolOf(
    Array.from({ length: threads }, () => nodeThread(isWide)),
    kernel,
  );
}

function nodeThread(isWide: boolean): Thread {
  // Always the compiled file, also for tests, which read the sources but build first. The worker takes no flags from
  // this process, which may have been told how to run TypeScript.
  const worker = new Worker(new URL('../dist/node-worker.js', import.meta.url), {
    execArgv: [],
    workerData: { isWide },
  });
  return {
    // Threads are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (order) => worker.postMessage(order),
    listen: (onReport, onDeath) => {
      worker.on('message', (report: Report) => onReport(report));
      worker.on('messageerror', onDeath);
      worker.on('error', (error) => onDeath(error));
      worker.on('exit', (code) => onDeath(new Error(`the worker ended with code ${code}`)));
    },
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    terminate: () => worker.terminate(),
  };
}
