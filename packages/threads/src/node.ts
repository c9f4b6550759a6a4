import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { allowFastVectors } from './fast-vectors.ts';
import type { FromWorker } from './messages.ts';
import type { Blas } from './blas/open-blas.ts';
import type { NodeWorkerData } from './node-worker.ts';
import { poolOf, type PoolOptions, type WorkerPool } from './pool.ts';
import { threadTeams } from './teams.ts';
import type { WorkerHandle } from './workers.ts';

export type { PoolHooks } from './hooks.ts';
export type { RowWork } from './phase-rows.ts';
export type { PoolOptions, WorkerPool } from './pool.ts';
export { findBlas } from './blas/find-blas.ts';
export type { Blas } from './blas/open-blas.ts';
export { allowFastVectors } from './fast-vectors.ts';

/**
 * Opens a pool of worker threads. Close it when it is no longer needed.
 *
 * @throws RangeError if `threads` is not a positive integer; Error if a worker cannot start, or cannot run the kernel.
 */
export async function openPool(options: NodePoolOptions = {}): Promise<WorkerPool> {
  const { threads = availableParallelism(), blas = null } = options;
  const data = { isWide: allowFastVectors(), blas: blas && { path: blas.path, threads } };
  return poolOf(threads, () => startWorker(data), { ...options, makeTeams: threadTeams });
}

/** Options of a pool of threads in Node. */
export interface NodePoolOptions extends PoolOptions {
  /** The library that measurements use for large products (default: polysem's own kernels). */
  readonly blas?: Pick<Blas, 'path'> | null | undefined;
}

function startWorker(data: NodeWorkerData): WorkerHandle {
  // Always the compiled file, also in tests, which run the sources but build first. `execArgv` is empty because the flags
  // of this process may be for running TypeScript.
  const worker = new Worker(new URL('../dist/node-worker.js', import.meta.url), {
    execArgv: [],
    workerData: data,
  });
  return {
    // Threads are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: (onMessage, onDeath) => {
      worker.on('message', (message: FromWorker) => onMessage(message));
      worker.on('messageerror', onDeath);
      worker.on('error', (error) => onDeath(error));
      worker.on('exit', (code) => onDeath(new Error(`the worker ended with code ${code}`)));
    },
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    terminate: () => worker.terminate(),
  };
}
