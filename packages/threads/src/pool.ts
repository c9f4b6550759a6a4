import type { Executor, Job, JobProgress } from '@polysem/engine/training';
import type { KernelName } from '@polysem/engine/kernels';
import type { SweepTask, SweptRow } from '@polysem/engine/phase';
import { dispatch } from './dispatch.ts';
import type { PoolHooks } from './hooks.ts';
import type { Order, Report } from './messages.ts';
import type { PoolRun } from './pool-run.ts';
import { sweepRows } from './sweep-rows.ts';

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
  /**
   * Works on rows of a phase diagram; results are in the order of the tasks, and `onRow` hears of each when it is done. A
   * run waits for those before it. An error in a row, a hook or a worker ends it.
   */
  readonly sweep: (
    tasks: readonly SweepTask[],
    onRow?: (task: number, row: SweptRow) => void,
  ) => Promise<SweptRow[]>;
  /** Ends the workers; what runs is rejected. */
  readonly close: () => Promise<void>;
}

/** Makes a pool of workers as soon as all are ready. */
export async function poolOf(
  threads: readonly Thread[],
  kernel: KernelName | 'auto',
): Promise<ThreadPool> {
  let current: PoolRun<unknown> | null = null;
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

  const post = (thread: number, order: Order): void => threads[thread].post(order);
  async function work<T>(begin: () => PoolRun<T>): Promise<T> {
    if (end !== null) throw end;
    hold(true);
    try {
      const begun = begin();
      current = begun;
      return await begun.result;
    } finally {
      current = null;
      hold(false);
      if (end !== null) await terminate();
    }
  }

  let before: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(begin: () => PoolRun<T>): Promise<T> => {
    const result = before.then(() => work(begin));
    before = result.catch(() => undefined);
    return result;
  };
  return {
    threads: threads.length,
    kernel: names[0],
    run: (jobs, hooks = {}) => inTurn(() => dispatch(jobs, hooks, threads.length, post)),
    sweep: async (tasks, onRow = () => {}) =>
      tasks.length === 0 ? [] : inTurn(() => sweepRows(tasks, threads.length, onRow, post)),
    close: async () => {
      end ??= new Error('the pool was closed');
      current?.abandon(end);
      await terminate();
    },
  };
}
