import type { KernelName } from '@polysem/engine/kernels';
import type { FromWorker, KernelChoice, ToWorker, WorkerTasks } from './messages.ts';
import { receivedError } from './sent-error.ts';
import type { Part } from './sent-once.ts';

/** A worker of any platform, which runs `serve`. */
export interface WorkerHandle {
  readonly post: (message: ToWorker, transfer: readonly ArrayBuffer[]) => void;
  /** Registers the two listeners; called once. */
  readonly listen: (
    onMessage: (message: FromWorker) => void,
    onDeath: (error: Error) => void,
  ) => void;
  /** Says whether the worker keeps the process alive. */
  readonly hold: (isHeld: boolean) => void;
  readonly terminate: () => Promise<unknown>;
}

/** Started workers, and the tasks that they have not answered yet. */
export interface Workers {
  readonly threads: number;
  readonly kernel: KernelName;
  /** False once a worker has died or the workers were closed. */
  readonly isOpen: () => boolean;
  /** Sends a message that is not a task. */
  readonly post: (worker: number, message: ToWorker) => void;
  readonly postAll: (message: ToWorker) => void;
  /** Has a worker do a task; rejects with the error of the task, or with the reason for which the workers ended. */
  readonly ask: <K extends keyof WorkerTasks>(
    worker: number,
    name: K,
    input: WorkerTasks[K]['input'],
    extras?: { readonly parts?: readonly Part[]; readonly transfer?: readonly ArrayBuffer[] },
  ) => Promise<WorkerTasks[K]['answer']>;
  /** Says that all workers have work, or no longer; they keep the process alive meanwhile. */
  readonly hold: (isHeld: boolean) => void;
  /** Replaces every worker by a new one. No task may be open. */
  readonly restart: () => Promise<void>;
  /** Terminates all workers and rejects all open tasks; the first reason is the one that counts. */
  readonly close: (reason: unknown) => Promise<void>;
  /** @throws the reason for which the workers ended, if they have. */
  readonly checkOpen: () => void;
}

/** Reports of workers other than answers to tasks. */
export interface WorkersEvents {
  readonly onMessage: (worker: number, message: FromWorker) => void;
  /** A worker has died after the start; all open tasks have been rejected. The listener must call `close`. */
  readonly onDeath: (worker: number, error: Error) => void;
}

interface OpenTask {
  readonly worker: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Starts workers and waits until all are ready.
 *
 * @param start starts one worker.
 * @throws Error if a worker cannot start, or cannot run the kernel.
 */
export async function startWorkers(
  threads: number,
  start: () => WorkerHandle,
  kernel: KernelChoice,
  { onMessage, onDeath }: WorkersEvents,
): Promise<Workers> {
  const handles: WorkerHandle[] = [];
  const tasks = new Map<number, OpenTask>();
  /** Per worker, the number of reasons to keep the process alive. */
  const holds = Array.from({ length: threads }, () => 0);
  let nextTask = 0;
  let isStarting = true;
  let end: { readonly reason: unknown } | null = null;

  function hold(worker: number, isHeld: boolean): void {
    const before = holds[worker];
    holds[worker] += isHeld ? 1 : -1;
    if (Math.min(before, holds[worker]) === 0) handles[worker].hold(isHeld);
  }

  /** Closes an open task and tells whoever asked. */
  function settle(id: number, tell: (task: OpenTask) => void): void {
    const task = tasks.get(id);
    if (task === undefined) return;
    tasks.delete(id);
    hold(task.worker, false);
    tell(task);
  }

  function finish(reason: unknown): void {
    end ??= { reason };
    for (const id of tasks.keys()) settle(id, ({ reject }) => reject(reason));
  }

  async function close(reason: unknown): Promise<void> {
    finish(reason);
    await Promise.all(handles.map((handle) => handle.terminate()));
  }

  function checkOpen(): void {
    if (end !== null) throw end.reason;
  }

  /** Starts a worker; resolves when it is ready. */
  function startOne(worker: number): Promise<KernelName> {
    const handle = start();
    handles[worker] = handle;
    return new Promise((resolve, reject) => {
      handle.listen(
        (message) => {
          if (message.kind === 'ready') {
            if (holds[worker] === 0) handle.hold(false);
            resolve(message.kernel);
          } else if (message.kind === 'done') {
            settle(message.id, (task) => task.resolve(message.answer));
          } else if (message.kind === 'failed') {
            settle(message.id, (task) => task.reject(receivedError(message.error)));
          } else {
            onMessage(worker, message);
          }
        },
        (error) => {
          if (end !== null || handles[worker] !== handle) return;
          reject(error);
          finish(error);
          if (!isStarting) onDeath(worker, error);
        },
      );
      handle.post({ kind: 'start', kernel }, []);
    });
  }

  async function startAll(): Promise<KernelName[]> {
    isStarting = true;
    try {
      const names = await Promise.all(Array.from({ length: threads }, (_, k) => startOne(k)));
      checkOpen();
      return names;
    } catch (error) {
      await close(error);
      throw error;
    } finally {
      isStarting = false;
    }
  }

  const [name] = await startAll();
  return {
    threads,
    kernel: name,
    isOpen: () => end === null,
    checkOpen,
    post: (worker, message) => handles[worker].post(message, []),
    postAll: (message) => {
      for (const handle of handles) handle.post(message, []);
    },
    ask: (worker, task, input, { parts = [], transfer = [] } = {}) =>
      new Promise((resolve, reject) => {
        if (end !== null) {
          reject(end.reason);
          return;
        }
        const id = nextTask++;
        tasks.set(id, { worker, resolve: resolve as (answer: unknown) => void, reject });
        hold(worker, true);
        try {
          handles[worker].post({ kind: 'task', id, name: task, input, parts }, transfer);
        } catch (error) {
          settle(id, (open) => open.reject(error));
        }
      }),
    hold: (isHeld) => {
      for (let worker = 0; worker < threads; worker++) hold(worker, isHeld);
    },
    restart: async () => {
      const old = handles.slice();
      const started = startAll();
      await Promise.all(old.map((handle) => handle.terminate()));
      await started;
    },
    close,
  };
}
