import type { FromWorker, ToWorker } from '../src/messages.ts';
import { serve } from '../src/serve.ts';
import { workerTasks } from '../src/worker-tasks.ts';
import type { WorkerHandle } from '../src/workers.ts';

/** A worker that runs in this thread. Messages are cloned, as between real threads. */
export function localWorker(): WorkerHandle & { readonly received: readonly ToWorker[] } {
  const received: ToWorker[] = [];
  let onMessage: (message: FromWorker) => void;
  let onDeath: (error: Error) => void;
  const handle = serve(
    workerTasks,
    (message) => onMessage(structuredClone(message)),
    (action) => setImmediate(action),
  );
  return {
    post: (message) => {
      received.push(structuredClone(message));
      const clone = structuredClone(message);
      setImmediate(() => {
        try {
          handle(clone);
        } catch (error) {
          onDeath(error as Error);
        }
      });
    },
    listen: (hear, end) => {
      onMessage = hear;
      onDeath = end;
    },
    hold: () => undefined,
    terminate: async () => undefined,
    received,
  };
}
