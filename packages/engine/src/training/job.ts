import { measureCapacity } from '@polysem/core/capacity';
import { embedding } from '@polysem/core/embedding';
import type { Instance, InstanceState, Kernel } from '../kernels/kernel.ts';
import type { Generator } from '@polysem/numerics/random';

/** When to stop before the last step; plain data. */
export interface EarlyStopping {
  /** Steps whose mean loss is compared with that of as many steps before them. */
  readonly span: number;
  /** Stop when the mean has fallen by less than this fraction. */
  readonly improvement: number;
}

/** One instance to be trained from one start to its end; plain data that can be sent to a worker. */
export interface Job {
  readonly instance: Instance;
  /** First parameters, as `parameterLayout` lays them out. */
  readonly start: Float64Array;
  /** Steps after which loss, capacities and weights are recorded, ascending; 0 is the start. */
  readonly record: readonly number[];
  readonly stopping: EarlyStopping | null;
  /**
   * What the end is judged by: the mean loss over batches 0 .. batches - 1 of this stream. Null where something else
   * judges it.
   */
  readonly heldOut: { readonly stream: Generator; readonly batches: number } | null;
}

/** One row of a training history. */
export interface HistoryEntry {
  /** Steps taken. */
  readonly step: number;
  /** Mean training loss over the steps since the entry before; at step 0 the loss of the first batch. */
  readonly loss: number;
  /** Capacity of each feature. */
  readonly capacity: Float64Array;
  /** All parameters, as `parameterLayout` lays them out. */
  readonly parameters: Float64Array;
}

/** How far a job has come; plain data that can be kept, sent and gone on from. */
export interface JobProgress {
  readonly state: InstanceState;
  /** One entry for each recorded step so far; an early stop is recorded too. */
  readonly history: HistoryEntry[];
  /** Why it ended: the early stopping's criterion, out of steps, or diverged; null if it goes on. */
  stopped: 'converged' | 'steps' | 'diverged' | null;
  /** What was no longer finite when it diverged: at step `state.step`, which was not taken. */
  cause: 'loss' | 'gradient' | null;
  /** The held-out loss at the end; null before it and without one, Infinity if diverged. */
  loss: number | null;
  /** Sums of the training loss that history and stopping still need. */
  readonly pending: {
    /** The last recorded step, and the sum since. */
    since: number;
    sum: number;
    /** The sum over early stopping's span, and that over the span before it. */
    spanSum: number;
    spanBefore: number | null;
  };
}

/** A job before its first step. */
export function beginJob(kernel: Kernel, job: Job): JobProgress {
  const progress: JobProgress = {
    state: kernel.begin(job.start),
    history: [],
    stopped: null,
    cause: null,
    loss: null,
    pending: { since: 0, sum: 0, spanSum: 0, spanBefore: null },
  };
  if (job.record[0] === 0) record(job, progress, lossNow(kernel, job, progress).loss);
  return progress;
}

/**
 * Takes up to `steps` further steps; at the end of the job also the held-out loss. In how many portions a job is done
 * leaves no trace in its result.
 */
export function continueJob(kernel: Kernel, job: Job, progress: JobProgress, steps: number): void {
  if (progress.stopped !== null) return;
  const { state, pending } = progress;
  const last = job.instance.steps;
  const until = Math.min(last, state.step + steps);
  while (state.step < until && progress.stopped === null) {
    const losses = new Float64Array(Math.min(until, nextStop(job, state.step)) - state.step);
    const taken = kernel.advance(job.instance, state, losses);
    for (let i = 0; i < taken; i++) {
      pending.sum += losses[i];
      pending.spanSum += losses[i];
    }
    if (taken < losses.length) {
      const isLoss = !Number.isFinite(lossNow(kernel, job, progress).loss);
      diverge(progress, isLoss ? 'loss' : 'gradient');
      return;
    }
    if (job.record.includes(state.step)) recordMean(job, progress);
    if (hasSettled(job, progress)) {
      progress.stopped = 'converged';
      if (job.record.length > 0) recordMean(job, progress);
    }
  }
  if (state.step === last) progress.stopped ??= 'steps';
  if (progress.stopped !== null) judge(kernel, job, progress);
}

/** The next step after which something is to be looked at. */
function nextStop({ record: points, stopping, instance }: Job, step: number): number {
  const point = points.find((at) => at > step) ?? instance.steps;
  const span = stopping?.span ?? instance.steps;
  return Math.min(point, (Math.floor(step / span) + 1) * span);
}

function lossNow(kernel: Kernel, { instance }: Job, { state }: JobProgress) {
  const gradient = new Float64Array(state.parameters.length);
  return { loss: kernel.gradient(instance, state.parameters, state.step, gradient), gradient };
}

function recordMean(job: Job, progress: JobProgress): void {
  const { state, pending } = progress;
  if (state.step === pending.since) return;
  record(job, progress, pending.sum / (state.step - pending.since));
  pending.since = state.step;
  pending.sum = 0;
}

function record({ instance }: Job, { state, history }: JobProgress, loss: number): void {
  const { features, dims } = instance.model;
  const parameters = Float64Array.from(state.parameters);
  // The step after such parameters diverges, and says so.
  if (!parameters.every(Number.isFinite)) return;
  const weights = embedding(dims, features, parameters.subarray(0, features * dims));
  history.push({
    step: state.step,
    loss,
    capacity: measureCapacity(weights).capacity,
    parameters,
  });
}

/** The criterion of early stopping, looked at after every span. */
function hasSettled({ stopping }: Job, { state, pending }: JobProgress): boolean {
  if (stopping === null || state.step % stopping.span !== 0) return false;
  const { spanSum, spanBefore } = pending;
  pending.spanBefore = spanSum;
  pending.spanSum = 0;
  return spanBefore !== null && spanBefore - spanSum < stopping.improvement * spanBefore;
}

function judge(kernel: Kernel, { instance, heldOut }: Job, progress: JobProgress): void {
  const { parameters } = progress.state;
  if (!parameters.every(Number.isFinite)) return diverge(progress, 'loss');
  if (heldOut === null) return;
  const loss = kernel.evaluate(instance, parameters, heldOut.stream, heldOut.batches);
  if (Number.isFinite(loss)) progress.loss = loss;
  else diverge(progress, 'loss');
}

function diverge(progress: JobProgress, cause: 'loss' | 'gradient'): void {
  progress.stopped = 'diverged';
  progress.cause = cause;
  progress.loss = Infinity;
}
