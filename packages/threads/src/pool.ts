import type { Executor, Job, JobProgress, KernelName } from '@polysem/core';
import { dispatch, type Dispatch } from './dispatch.ts';
import type { PoolHooks } from './hooks.ts';
import type { Order, Report } from './messages.ts';

/** A worker of whatever kind, that runs `serve`. */
export interface Thread {
  readonly post: (order: Order) => void;
  /** Says once who hears of it. */
  readonly listen: (onReport: (report: Report) => void, onDeath: (error: Error) => void) => void;
  /** Whether the process may not end before the worker does. */
  readonly hold: (isHeld: boolean) => void;
  readonly terminate: () => Promise<unknown>;
}

/** Trains many jobs at once; results are the same, byte for byte, for any number of threads. */
export interface ThreadPool extends Executor {
  readonly threads: number;
  /** The kernel that all threads use. */
  readonly kernel: KernelName;
  /**
   * Trains jobs. A run waits for those before it. An error in a job, a hook or a worker ends it, after the progress of
   * every job begun went to `onCheckpoint`; the error names the job.
   */
  readonly run: (jobs: readonly Job[], hooks?: PoolHooks) => Promise<JobProgress[]>;
  /** Ends the workers; what runs is rejected. */
  readonly close: () => Promise<void>;
}

/** Makes a pool of workers as soon as all are ready. */
export async function poolOf(
  threads: readonly Thread[],
  kernel: KernelName | 'auto',
): Promise<ThreadPool> {
  let current: Dispatch | null = null;
  /** Why there is no pool any more. */
  let end: Error | null = null;
  const terminate = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread.terminate()));
  };
  const hold = (isHeld: boolean): void => {
    for (const thread of threads) thread.hold(isHeld);
  };
  const ready = threads.map(
    (thread, i) =>
      new Promise<KernelName>((resolve, reject) => {
        thread.listen(
          (report) => {
            if (report.kind === 'ready') resolve(report.kernel);
            else current?.hear(i, report);
          },
          (error) => {
            if (end !== null) return;
            reject(error);
            end ??= error;
            current?.lose(i, error);
          },
        );
        thread.post({ kind: 'start', kernel });
      }),
  );
  let names: KernelName[];
  try {
    names = await Promise.all(ready);
  } catch (error) {
    await terminate();
    throw error;
  }
  hold(false);

  async function run(jobs: readonly Job[], hooks: PoolHooks): Promise<JobProgress[]> {
    if (end !== null) throw end;
    hold(true);
    try {
      current = dispatch(jobs, hooks, threads.length, (thread, order) =>
        threads[thread].post(order),
      );
      return await current.result;
    } finally {
      current = null;
      hold(false);
      if (end !== null) await terminate();
    }
  }

  let before: Promise<unknown> = Promise.resolve();
  return {
    threads: threads.length,
    kernel: names[0],
    run: (jobs, hooks = {}) => {
      const result = before.then(() => run(jobs, hooks));
      before = result.catch(() => undefined);
      return result;
    },
    close: async () => {
      end ??= new Error('the pool was closed');
      current?.abandon(end);
      await terminate();
    },
  };
}
