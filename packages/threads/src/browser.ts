import type { KernelName } from '@polysem/engine/kernels';
import type { Report } from './messages.ts';
import { poolOf, type Thread, type ThreadPool } from './pool.ts';

export type { PoolHooks } from './hooks.ts';
export type { ThreadPool } from './pool.ts';
export { measureCrew, type MeasureCrewOptions } from './browser-stream.ts';
export type { MeasureCrew } from './stream-crew.ts';

/** What is needed of a browser's `Worker`. */
export interface WebWorker {
  postMessage: (message: unknown, transfer?: readonly ArrayBuffer[]) => void;
  addEventListener: (
    type: 'message' | 'messageerror' | 'error',
    listener: (event: never) => void,
  ) => void;
  terminate: () => void;
}

declare const navigator: { readonly hardwareConcurrency: number };
declare const Worker: new (url: URL | string, options: { readonly type: 'module' }) => WebWorker;

/** Options of {@link threadPool}. */
export interface ThreadPoolOptions {
  /** As many as there are processors where absent. */
  readonly threads?: number;
  /** The fastest where absent. */
  readonly kernel?: KernelName | 'auto';
  /** Where `@polysem/threads/browser-worker` is served, or what makes a worker of it; beside this module where absent. */
  readonly worker?: URL | string | (() => WebWorker);
}

/**
 * A pool of module workers, in any page: it needs no cross-origin isolation.
 *
 * @throws RangeError if `threads` is not a positive integer; Error if a worker cannot start, or not with that kernel.
 */
export async function threadPool(options: ThreadPoolOptions = {}): Promise<ThreadPool> {
  const { threads = navigator.hardwareConcurrency, kernel = 'auto', worker } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`threads: must be a positive integer, got ${threads}`);
  }
  return poolOf(
    Array.from({ length: threads }, () => webThread(workerFrom(worker))),
    kernel,
  );
}

function workerFrom(worker: ThreadPoolOptions['worker']): WebWorker {
  if (typeof worker === 'function') return worker();
  if (worker !== undefined) return new Worker(worker, { type: 'module' });
  // Written out in one expression, by which bundlers find the worker.
  return new Worker(new URL('./browser-worker.js', import.meta.url), { type: 'module' });
}

function webThread(worker: WebWorker): Thread {
  return {
    // Workers are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (order) => worker.postMessage(order),
    listen: (onReport, onDeath) => {
      worker.addEventListener('message', ({ data }: { readonly data: Report }) => onReport(data));
      worker.addEventListener('messageerror', () =>
        onDeath(new Error('the worker sent what cannot be read')),
      );
      worker.addEventListener('error', ({ message }: { readonly message?: string }) =>
        onDeath(new Error(message ?? 'the worker could not be loaded')),
      );
    },
    hold: () => undefined,
    terminate: async () => worker.terminate(),
  };
}
