import type { Inputs } from '@polysem/core/features';
import type { KernelName } from '@polysem/engine/kernels';
import type { Job, JobProgress } from '@polysem/engine/training';
import type { PoolHooks } from './hooks.ts';
import type { Advance, FromWorker, Post } from './messages.ts';
import { scheduler } from './scheduler.ts';
import { receivedError } from './sent-error.ts';
import { sentOnce, type Part } from './sent-once.ts';
import type { MakeTeams } from './teams.ts';
import { costLeft, trackedJob, type TrackedJob } from './tracked-job.ts';

/** A training run of a pool, which passes on to it what workers report. */
export interface TrainingRun {
  readonly result: Promise<JobProgress[]>;
  readonly onMessage: (worker: number, message: FromWorker) => void;
  /** A worker has died. */
  readonly lose: (worker: number, error: Error) => void;
  /** Ends the run without waiting for any worker. */
  readonly abandon: (reason: unknown) => void;
}

/** The workers of a run. */
export interface RunWorkers {
  readonly threads: number;
  readonly kernel: KernelName;
  readonly post: Post;
  readonly makeTeams: MakeTeams;
}

/** Trains jobs on workers and calls the hooks. Results do not depend on which worker trained what. */
export function trainingRun(
  jobs: readonly Job[],
  hooks: PoolHooks,
  { threads, kernel, post, makeTeams }: RunWorkers,
): TrainingRun {
  const { onProgress, onSteps, onDone, onCheckpoint, resume, signal } = hooks;
  const results: JobProgress[] = [];
  const open = new Map<number, TrackedJob>();
  let wholeCost = 0;
  for (const [index, job] of jobs.entries()) {
    wholeCost += costLeft(trackedJob(index, job, null));
    const progress = resume?.get(index) ?? null;
    if (progress !== null && progress.stopped !== null) results[index] = progress;
    else open.set(index, trackedJob(index, job, progress));
  }
  let restCost = [...open.values()].reduce((sum, job) => sum + costLeft(job), 0);
  const teams = makeTeams({ jobs: open.size, threads, kernel, post });
  const send = sender(threads, hooks, post);
  const schedule = scheduler([...open.values()], threads, {
    assign: (worker, given, stepMs) => {
      for (const { job } of given) teams.form(worker, job);
      send(worker, given, stepMs);
    },
    recall: (worker) => post(worker, { kind: 'recall' }),
  });

  /** The first reason for which the run ends before its work is done. */
  let ending: { readonly reason: unknown } | null = null;
  let isSettled = false;
  let resolve: (results: JobProgress[]) => void;
  let reject: (reason: unknown) => void;
  const result = new Promise<JobProgress[]>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const onAbort = (): void => act(() => end(signal?.reason));
  signal?.addEventListener('abort', onAbort);
  act(() => {
    if (signal?.aborted === true) end(signal.reason);
  });

  return {
    result,
    onMessage: (worker, message) => act(() => receive(worker, message)),
    lose: (worker, error) =>
      act(() => {
        teams.end();
        const lost = schedule.lose(worker);
        end(lost.length === 0 ? error : jobError(lost, error));
      }),
    abandon: (reason) => {
      ending ??= { reason };
      settle();
    },
  };

  /** Does something, then distributes work or settles. An error that a hook throws ends the run as one in a job does. */
  function act(action: () => void): void {
    if (isSettled) return;
    try {
      action();
      if (ending === null && open.size > 0) schedule.distribute();
    } catch (error) {
      end(error);
    }
    if (ending === null ? open.size === 0 : schedule.isQuiet()) settle();
  }

  function end(reason: unknown): void {
    if (ending !== null) return;
    ending = { reason };
    schedule.recallAll();
  }

  function settle(): void {
    isSettled = true;
    teams.end();
    signal?.removeEventListener('abort', onAbort);
    for (let worker = 0; worker < threads; worker++) post(worker, { kind: 'forget' });
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

  function receive(worker: number, message: FromWorker): void {
    if (message.kind === 'advanced') {
      // All counts are updated before a hook is called, which may throw.
      for (const advance of message.advances) record(worker, advance);
      for (const advance of message.advances) callHooks(advance);
      onProgress?.(open.size === 0 ? 1 : 1 - restCost / wholeCost);
    } else if (message.kind === 'recalled') {
      schedule.returned(worker, message.jobs);
    } else if (message.kind === 'job-failed') {
      schedule.remove(worker, message.index);
      end(jobError([message.index], receivedError(message.error)));
    }
  }

  function record(worker: number, advance: Advance): void {
    const { index, progress } = advance;
    const job = open.get(index) as TrackedJob;
    restCost -= costLeft(job);
    schedule.advance(worker, advance);
    if (progress === null || progress.stopped === null) {
      restCost += costLeft(job);
      return;
    }
    schedule.remove(worker, index);
    open.delete(index);
    results[index] = progress;
  }

  function callHooks({ index, step, progress }: Advance): void {
    if (progress !== null && progress.stopped !== null) onDone?.(index, progress);
    if (progress !== null) onCheckpoint?.(index, progress);
    const returned = onSteps?.(index, step);
    if (returned instanceof Promise) returned.catch((error: unknown) => act(() => end(error)));
  }
}

/** Sends jobs to workers; the model and the inputs of a job only to workers that do not have them. */
function sender(threads: number, hooks: PoolHooks, post: Post) {
  const { onCheckpoint, checkpointSeconds = 5 } = hooks;
  const checkpointMs = onCheckpoint === undefined ? Infinity : 1e3 * checkpointSeconds;
  const { pack } = sentOnce(threads);
  return (worker: number, jobs: readonly TrackedJob[], stepMs: readonly number[]): void => {
    const parts: Part[] = [];
    const assignments = jobs.map(({ index, job, progress }, i) => {
      return { index, job: pack(worker, job, partsOf(job), parts), progress, stepMs: stepMs[i] };
    });
    post(worker, { kind: 'train', assignments, parts, checkpointMs });
  };
}

/** The parts of a job that jobs of one run share, and that may be large. */
function partsOf(job: Job): ReadonlySet<object> {
  if (job.kind === 'fixed') {
    const { loss, model, heldOut } = job;
    const parts = [loss, loss.model, model, ...(heldOut === null ? [] : [heldOut])];
    return new Set(loss.kind === 'products' ? parts : [...parts, ...inputParts(loss.inputs)]);
  }
  const { model, inputs } = job.instance;
  return new Set([model, ...inputParts(inputs)]);
}

function inputParts(inputs: Inputs): readonly object[] {
  return inputs.kind === 'rows' ? [inputs, inputs.batch] : [inputs];
}

function jobError(jobs: readonly number[], cause: Error): Error {
  const names = jobs.length === 1 ? `job ${jobs[0]}` : `one of the jobs ${jobs.join(', ')}`;
  return new Error(`${names}: ${cause.message}`, { cause });
}
