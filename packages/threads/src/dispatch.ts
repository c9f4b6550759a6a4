import type { Job, JobProgress } from '@polysem/engine/training';
import { crewFor } from './crew.ts';
import type { PoolHooks } from './hooks.ts';
import type { Advance, Order, Report, SentError } from './messages.ts';
import type { PoolRun } from './pool-run.ts';
import { costLeft, taskOf, type Task } from './task.ts';

/** Trains jobs on workers and tells the hooks how they come on. How they were divided leaves no trace in the results. */
export function dispatch(
  jobs: readonly Job[],
  hooks: PoolHooks,
  threads: number,
  post: (thread: number, order: Order) => void,
): PoolRun<JobProgress[]> {
  const { onProgress, onSteps, onDone, onCheckpoint, resume, signal } = hooks;
  const checkpointMs = onCheckpoint === undefined ? Infinity : (hooks.checkpointSeconds ?? 5) * 1e3;
  const results: JobProgress[] = [];
  const open = new Map<number, Task>();
  let wholeCost = 0;
  for (const [index, job] of jobs.entries()) {
    wholeCost += costLeft(taskOf(index, job, null));
    const progress = resume?.get(index) ?? null;
    if (progress !== null && progress.stopped !== null) results[index] = progress;
    else open.set(index, taskOf(index, job, progress));
  }
  let restCost = [...open.values()].reduce((sum, task) => sum + costLeft(task), 0);
  const crew = crewFor([...open.values()], threads, checkpointMs, post);

  /** Why the run ends before its work is done: the first reason there was. */
  let ending: { readonly reason: unknown } | null = null;
  let isSettled = false;
  let resolve: (results: JobProgress[]) => void;
  let reject: (reason: unknown) => void;
  const result = new Promise<JobProgress[]>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const onAbort = (): void => after(() => end(signal?.reason));
  signal?.addEventListener('abort', onAbort);
  after(() => {
    if (signal?.aborted === true) end(signal.reason);
  });

  return {
    result,
    hear: (thread, report) => after(() => hear(thread, report)),
    lose: (thread, error) =>
      after(() => {
        const had = crew.lose(thread);
        end(had.length === 0 ? error : errorOf(had, error));
      }),
    abandon: (error) => {
      ending ??= { reason: error };
      settle();
    },
  };

  /** Does something, and then what follows from it. What a hook throws ends the run as an error in a job does. */
  function after(action: () => void): void {
    if (isSettled) return;
    try {
      action();
      if (ending === null && open.size > 0) crew.share();
    } catch (error) {
      end(error);
    }
    if (ending === null ? open.size === 0 : crew.isQuiet()) settle();
  }

  function end(reason: unknown): void {
    if (ending !== null) return;
    ending = { reason };
    crew.release();
  }

  function settle(): void {
    isSettled = true;
    signal?.removeEventListener('abort', onAbort);
    if (ending === null) {
      resolve(results);
      return;
    }
    try {
      for (const { index, progress } of open.values()) {
        if (progress !== null) onCheckpoint?.(index, progress);
      }
    } finally {
      reject(ending.reason);
    }
  }

  function hear(thread: number, report: Report): void {
    if (report.kind === 'advanced') {
      // All is taken in before a hook is called, which may throw.
      for (const advance of report.advances) takeIn(thread, advance);
      for (const advance of report.advances) tell(advance);
      onProgress?.(open.size === 0 ? 1 : 1 - restCost / wholeCost);
    } else if (report.kind === 'released') {
      crew.takeBack(thread, report.unfinished);
    } else if (report.kind === 'failed') {
      crew.drop(thread, report.index);
      end(errorOf([report.index], thrown(report.error)));
    }
  }

  function takeIn(thread: number, advance: Advance): void {
    const { index, progress } = advance;
    const task = open.get(index) as Task;
    restCost -= costLeft(task);
    crew.note(thread, advance);
    if (progress === null || progress.stopped === null) {
      restCost += costLeft(task);
      return;
    }
    crew.drop(thread, index);
    open.delete(index);
    results[index] = progress;
  }

  function tell({ index, step, progress }: Advance): void {
    if (progress !== null && progress.stopped !== null) onDone?.(index, progress);
    if (progress !== null) onCheckpoint?.(index, progress);
    const heard = onSteps?.(index, step);
    if (heard instanceof Promise) heard.catch((error: unknown) => after(() => end(error)));
  }
}

function errorOf(jobs: readonly number[], cause: Error): Error {
  const names = jobs.length === 1 ? `job ${jobs[0]}` : `one of the jobs ${jobs.join(', ')}`;
  return new Error(`${names}: ${cause.message}`, { cause });
}

function thrown({ name, message, stack }: SentError): Error {
  return Object.assign(new Error(message), { name, stack });
}
