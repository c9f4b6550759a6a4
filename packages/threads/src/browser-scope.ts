import type { Kernel } from '@polysem/engine/kernels';
import type { FromWorker, ToWorker } from './messages.ts';
import type { DoTask } from './row-tasks.ts';
import { serve } from './serve.ts';

/** The members of a worker's global scope that are used here. */
interface WorkerScope {
  postMessage: (message: FromWorker, transfer: readonly ArrayBuffer[]) => void;
  addEventListener: (
    type: 'message',
    listener: (event: { readonly data: ToWorker }) => void,
  ) => void;
}

const nothing = (): void => undefined;

/** Answers the messages of a pool in a worker of a browser. */
export function serveInBrowser(tasks: (kernel: Kernel) => DoTask): void {
  const scope = globalThis as unknown as WorkerScope;
  // The worker sends messages to itself, because browsers delay timers by milliseconds.
  const toItself = new MessageChannel();
  let next = nothing;
  toItself.port1.addEventListener('message', () => next());
  toItself.port1.start();
  const handle = serve(
    tasks,
    (message, transfer) => scope.postMessage(message, transfer),
    (action) => {
      next = action;
      toItself.port2.postMessage(null);
    },
  );
  scope.addEventListener('message', ({ data }) => handle(data));
}
