import type { Order, Report } from './messages.ts';
import { serve } from './serve.ts';

/** What is needed of the global scope of a browser's worker. */
interface WorkerScope {
  postMessage: (report: Report) => void;
  addEventListener: (type: 'message', listener: (event: { readonly data: Order }) => void) => void;
}

const scope = globalThis as unknown as WorkerScope;

// A message to itself: timers would be made to wait for milliseconds.
const itself = new MessageChannel();
let next = (): void => undefined;
itself.port1.addEventListener('message', () => next());
itself.port1.start();

const take = serve(
  // Workers are not windows, and have no target origin.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  (report) => scope.postMessage(report),
  (action) => {
    next = action;
    itself.port2.postMessage(null);
  },
);
scope.addEventListener('message', ({ data }) => take(data));
