import type { WebWorker } from './browser.ts';
import { crewOf, type MeasureCrew, type StreamThread } from './stream-crew.ts';
import type { StreamReport } from './stream-messages.ts';

declare const navigator: { readonly hardwareConcurrency: number };
declare const Worker: new (url: URL | string, options: { readonly type: 'module' }) => WebWorker;

/** Options of {@link measureCrew}. */
export interface MeasureCrewOptions {
  /** As many as there are processors where absent. */
  readonly threads?: number;
  /** Where `@polysem/threads/browser-stream-worker` is served, or what makes a worker of it; beside this module where absent. */
  readonly worker?: URL | string | (() => WebWorker);
}

/**
 * Module workers that measure a source together, in any page: it needs no cross-origin isolation. To be closed.
 *
 * @throws RangeError if `threads` is not a positive integer; Error if a worker cannot start.
 */
export async function measureCrew(options: MeasureCrewOptions = {}): Promise<MeasureCrew> {
  const { threads = navigator.hardwareConcurrency, worker } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`threads: must be a positive integer, got ${threads}`);
  }
  return crewOf(threads, () => webThread(workerFrom(worker)));
}

function workerFrom(worker: MeasureCrewOptions['worker']): WebWorker {
  if (typeof worker === 'function') return worker();
  if (worker !== undefined) return new Worker(worker, { type: 'module' });
  // Written out in one expression, by which bundlers find the worker.
  return new Worker(new URL('./browser-stream-worker.js', import.meta.url), { type: 'module' });
}

function webThread(worker: WebWorker): StreamThread {
  return {
    // Workers are not windows, and have no target origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (order, transfer) => worker.postMessage(order, transfer),
    listen: (onReport, onDeath) => {
      worker.addEventListener('message', ({ data }: { readonly data: StreamReport }) =>
        onReport(data),
      );
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
