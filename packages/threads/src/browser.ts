import type { FromWorker } from './messages.ts';
import { poolOf, type PoolOptions, type WorkerPool } from './pool.ts';
import type { WorkerHandle } from './workers.ts';

export type { PoolHooks } from './hooks.ts';
export type { RowWork } from './phase-rows.ts';
export type { PoolOptions, WorkerPool } from './pool.ts';

/** The members of a browser's `Worker` that a pool uses. */
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

/** Options of {@link openPool} in a browser. */
export interface BrowserPoolOptions extends PoolOptions {
  /**
   * The address of `polysem/threads/browser-worker`, or a function that starts a worker from it (default: the file beside
   * this module).
   */
  readonly worker?: URL | string | (() => WebWorker);
}

/**
 * Opens a pool of module workers. It works in every page, with or without cross-origin isolation. Close it when it is no
 * longer needed.
 *
 * @throws RangeError if `threads` is not a positive integer; Error if a worker cannot start, or cannot run the kernel.
 */
export async function openPool(options: BrowserPoolOptions = {}): Promise<WorkerPool> {
  const { threads = navigator.hardwareConcurrency, worker } = options;
  return poolOf(threads, () => handleOf(startWorker(worker)), options);
}

function startWorker(worker: BrowserPoolOptions['worker']): WebWorker {
  if (typeof worker === 'function') return worker();
  if (worker !== undefined) return new Worker(worker, { type: 'module' });
  // Bundlers recognise a worker by this expression as a whole.
  return new Worker(new URL('./browser-worker.js', import.meta.url), { type: 'module' });
}

function handleOf(worker: WebWorker): WorkerHandle {
  return {
    // Workers are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: (onMessage, onDeath) => {
      worker.addEventListener('message', ({ data }: { readonly data: FromWorker }) =>
        onMessage(data),
      );
      worker.addEventListener('messageerror', () =>
        onDeath(new Error('the worker sent a message that cannot be read')),
      );
      worker.addEventListener('error', ({ message }: { readonly message?: string }) =>
        onDeath(new Error(message ?? 'the worker could not be loaded')),
      );
    },
    hold: () => undefined,
    terminate: async () => worker.terminate(),
  };
}
