import { measureCapacity } from '@polysem/core/capacity';
import { embedding } from '@polysem/core/embedding';
import { beginDescent, descend, type DescentPlan } from '../descent/descend.ts';
import { beginLbfgs, continueLbfgs, type LbfgsOptions, type LbfgsState } from '../descent/lbfgs.ts';
import type { DescentState } from '../descent/optimiser.ts';
import { lossRounding, type Instance, type InstanceState, type Kernel } from '../kernels/kernel.ts';
import { isQuadraticModel, type ToyModel } from '../models/toy-model.ts';
import { buildFixedLoss, type FixedLoss } from './fixed-loss.ts';
import {
  batchesLoss,
  sampleLoss,
  type HeldOutBatches,
  type HeldOutLoss,
  type HeldOutSample,
} from './held-out.ts';
import type { EarlyStopping } from './training-spec.ts';

/** One restart to be trained; plain data that can be sent to a worker. */
export type Job = BatchJob | FixedJob;

interface AnyJob {
  /** Initial parameters, laid out as in `parameterLayout`. */
  readonly start: Float64Array;
  /**
   * Steps after which loss, capacities and weights are recorded, ascending; 0 is before the first
   * step.
   */
  readonly record: readonly number[];
  readonly stopping: EarlyStopping | null;
}

/** Training on a fresh batch at every step. */
export interface BatchJob extends AnyJob {
  readonly kind: 'batches';
  readonly instance: Instance;
  /** Inputs by whose mean loss restarts are compared; null if another loss compares them. */
  readonly heldOut: HeldOutBatches | null;
}

/** Training on a loss that does not change. */
export interface FixedJob extends AnyJob {
  readonly kind: 'fixed';
  readonly loss: FixedLoss;
  readonly model: ToyModel;
  /** Number of steps; for L-BFGS the maximum number of iterations. */
  readonly steps: number;
  /** First-order descent; null for L-BFGS. */
  readonly descent: DescentPlan | null;
  /** Inputs by whose mean loss restarts are compared; null if another loss compares them. */
  readonly heldOut: HeldOutSample | null;
}

/**
 * Number of steps of a job that does not stop early.
 *
 * @param job the job.
 * @returns the number of steps, or for L-BFGS the maximum number of iterations.
 *
 * @example
 * ```js
 * import { planTraining, stepsOf, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * stepsOf(planTraining(spec).job(0)); // 5000
 * ```
 */
export function stepsOf(job: Job): number {
  return job.kind === 'batches' ? job.instance.steps : job.steps;
}

/** Length of a held-out batch in steps; it needs no gradient. */
const HELD_OUT_BATCH = 0.5;

/**
 * Length of a job that does not stop early, in steps; a held-out batch counts as half a step.
 *
 * @param job the job.
 * @returns the length.
 *
 * @example
 * ```js
 * import { lengthOf, planTraining, trainingDefaults } from 'polysem/training';
 * const model = { task: 'compression', activation: 'relu', features: 2, dims: 1, importance: [1, 1] };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: false };
 * lengthOf(planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 }).job(0)); // 4032
 * ```
 */
export function lengthOf(job: Job): number {
  const batches = job.kind === 'batches' ? (job.heldOut?.batches ?? 0) : 0;
  return stepsOf(job) + HELD_OUT_BATCH * batches;
}

/**
 * Steps that a job has taken; a held-out batch counts as half a step.
 *
 * @param progress the progress of the job.
 * @returns the number of steps.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { beginJob, planTraining, stepsDone, trainingDefaults } from 'polysem/training';
 * const model = { task: 'compression', activation: 'relu', features: 2, dims: 1, importance: [1, 1] };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: false };
 * const plan = planTraining({ model, inputs, ...trainingDefaults(model), seed: 0 });
 * stepsDone(beginJob(typescriptKernel, plan.job(0))); // 0
 * ```
 */
export function stepsDone({ state, ending }: JobProgress): number {
  return state.step + HELD_OUT_BATCH * (ending?.losses.length ?? 0);
}

/** One row of a training history. */
export interface HistoryEntry {
  /** Steps taken. */
  readonly step: number;
  /**
   * Mean training loss over the steps since the previous entry; at step 0 the loss of the first
   * batch.
   */
  readonly loss: number;
  /** Capacity of each feature. */
  readonly capacity: Float64Array;
  /** All parameters, laid out as in `parameterLayout`. */
  readonly parameters: Float64Array;
}

/** Progress of a job; plain data that can be stored, sent and resumed. */
export interface JobProgress {
  readonly state: InstanceState | LbfgsState;
  /** One entry per recorded step so far; an early stop is also recorded. */
  readonly history: HistoryEntry[];
  /**
   * Reason for the end: converged, all steps taken, or diverged; null while the job is unfinished.
   */
  stopped: 'converged' | 'steps' | 'diverged' | null;
  /**
   * After the last step, until all held-out batches are evaluated: the reason for the end, and the
   * losses of the batches so far. Null otherwise.
   */
  ending?: { readonly stopped: 'converged' | 'steps'; readonly losses: number[] } | null;
  /**
   * The quantity that was not finite when training diverged, at step `state.step`, which was not
   * taken; null otherwise.
   */
  cause: 'loss' | 'gradient' | null;
  /**
   * The held-out loss at the end; null before the end and if there are no held-out inputs, Infinity
   * if diverged.
   */
  loss: number | null;
  /** The standard error of `loss`; null if it is null or infinite, or there are too few held-out batches. */
  lossError: number | null;
  /** Running sums of the training loss for history and early stopping. */
  readonly pending: {
    /** The last recorded step, and the sum since then. */
    since: number;
    sum: number;
    /** The sum over the current span of early stopping, and over the span before it. */
    spanSum: number;
    spanBefore: number | null;
  };
}

/**
 * A job before its first step.
 *
 * @param kernel the kernel that trains it.
 * @param job the job.
 * @returns its progress: no steps taken, the initial weights recorded if the job asks for that.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { beginJob, planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * const job = planTraining(spec).job(0);
 * beginJob(typescriptKernel, job).stopped; // null
 * ```
 */
export function beginJob(kernel: Kernel, job: Job): JobProgress {
  const trainer = trainerOf(kernel, job);
  const progress: JobProgress = {
    state: trainer.begin(job.start),
    history: [],
    stopped: null,
    ending: null,
    cause: null,
    loss: null,
    lossError: null,
    pending: { since: 0, sum: 0, spanSum: 0, spanBefore: null },
  };
  if (job.record[0] === 0) record(job, progress, trainer.loss(progress.state));
  return progress;
}

/**
 * Takes up to `steps` further steps. After the last one it computes the held-out loss; that of a large
 * model takes several calls. The result does not depend on how a job is divided into calls.
 *
 * @param kernel the kernel that trains it.
 * @param job the job.
 * @param progress the progress so far, which is updated.
 * @param steps the maximum number of steps to take.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { beginJob, continueJob, planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * const job = planTraining(spec).job(0);
 * const progress = beginJob(typescriptKernel, job);
 * continueJob(typescriptKernel, job, progress, 1);
 * progress.state.step; // 1
 * ```
 */
export function continueJob(kernel: Kernel, job: Job, progress: JobProgress, steps: number): void {
  if (progress.stopped !== null) return;
  if (!progress.ending) {
    if (job.kind === 'fixed' && job.descent === null) continueSearch(kernel, job, progress, steps);
    else continueDescent(kernel, job, progress, steps);
    endSteps(job, progress);
  }
  evaluateHeldOut(kernel, job, progress);
}

function continueDescent(kernel: Kernel, job: Job, progress: JobProgress, steps: number): void {
  const trainer = trainerOf(kernel, job);
  const { pending } = progress;
  const state = progress.state as InstanceState;
  const last = stepsOf(job);
  const until = Math.min(last, state.step + steps);
  while (state.step < until && progress.stopped === null) {
    const losses = new Float64Array(Math.min(until, nextStop(job, state.step)) - state.step);
    const taken = trainer.advance(state, losses);
    for (let i = 0; i < taken; i++) {
      pending.sum += losses[i];
      pending.spanSum += losses[i];
    }
    if (taken < losses.length) {
      return diverge(progress, Number.isFinite(trainer.loss(state)) ? 'gradient' : 'loss');
    }
    if (job.record.includes(state.step)) recordMean(job, progress);
    if (hasSettled(job, progress)) {
      progress.stopped = 'converged';
      if (job.record.length > 0) recordMean(job, progress);
    }
  }
  if (state.step === last) progress.stopped ??= 'steps';
}

function continueSearch(kernel: Kernel, job: FixedJob, progress: JobProgress, steps: number): void {
  const state = progress.state as LbfgsState;
  continueLbfgs(buildFixedLoss(kernel, job.loss), state, steps, searchOptions(kernel, job));
  if (state.stopped === null) return;
  if (state.stopped === 'non-finite') return diverge(progress, 'loss');
  progress.stopped = state.stopped === 'iterations' ? 'steps' : 'converged';
}

/**
 * L-BFGS stops when the gradient has shrunk by this factor: anything smaller is rounding in
 * float32.
 */
const FLOAT32_GRADIENT = 1e-6;

function searchOptions(kernel: Kernel, { model, steps }: FixedJob): LbfgsOptions {
  const rounding = isQuadraticModel(model) ? 0 : lossRounding(kernel);
  return {
    maxIterations: steps,
    rounding,
    ...(rounding > 0 && { gradientTolerance: FLOAT32_GRADIENT }),
  };
}

/** Takes the steps of a job, on fresh batches or on a fixed loss. */
interface Trainer {
  readonly begin: (start: Float64Array) => InstanceState | LbfgsState;
  readonly advance: (state: InstanceState, losses: Float64Array) => number;
  readonly loss: (state: InstanceState | LbfgsState) => number;
}

function trainerOf(kernel: Kernel, job: Job): Trainer {
  if (job.kind === 'batches') {
    const { instance } = job;
    return {
      begin: kernel.begin,
      advance: (state, losses) => kernel.advance(instance, state, losses),
      loss: ({ parameters, step }) =>
        kernel.gradient(instance, parameters, step, new Float64Array(parameters.length)),
    };
  }
  const loss = buildFixedLoss(kernel, job.loss);
  const { descent } = job;
  return {
    begin: (start) =>
      descent === null ? beginLbfgs(loss, start, searchOptions(kernel, job)) : beginDescent(start),
    advance: (state, losses) =>
      descent === null ? 0 : descend(() => loss, descent, state as DescentState, losses),
    loss: ({ parameters }) =>
      loss.evaluate(Float64Array.from(parameters), new Float64Array(parameters.length)),
  };
}

/** The next step after which to record or to check for early stopping. */
function nextStop(job: Job, step: number): number {
  const steps = stepsOf(job);
  const point = job.record.find((at) => at > step) ?? steps;
  const span = job.stopping?.span ?? steps;
  return Math.min(point, (Math.floor(step / span) + 1) * span);
}

function recordMean(job: Job, progress: JobProgress): void {
  const { state, pending } = progress;
  if (state.step === pending.since) return;
  record(job, progress, pending.sum / (state.step - pending.since));
  pending.since = state.step;
  pending.sum = 0;
}

function record(job: Job, { state, history }: JobProgress, loss: number): void {
  const { features, dims } = job.kind === 'batches' ? job.instance.model : job.model;
  const parameters = Float64Array.from(state.parameters);
  // The next step will report the divergence.
  if (!parameters.every(Number.isFinite)) return;
  const weights = embedding(dims, features, parameters.subarray(0, features * dims));
  history.push({
    step: state.step,
    loss,
    capacity: measureCapacity(weights).capacity,
    parameters,
  });
}

/** The criterion of early stopping, checked after every span. */
function hasSettled({ stopping }: Job, { state, pending }: JobProgress): boolean {
  if (stopping === null || state.step % stopping.span !== 0) return false;
  const { spanSum, spanBefore } = pending;
  pending.spanBefore = spanSum;
  pending.spanSum = 0;
  return spanBefore !== null && spanBefore - spanSum < stopping.improvement * spanBefore;
}

/** Checks the parameters after the last step. If restarts are compared by held-out inputs, the job goes on with these. */
function endSteps(job: Job, progress: JobProgress): void {
  const { stopped, state } = progress;
  if (stopped === null || stopped === 'diverged') return;
  if (!state.parameters.every(Number.isFinite)) return diverge(progress, 'loss');
  if (job.heldOut === null) return;
  progress.ending = { stopped, losses: [] };
  progress.stopped = null;
}

/** Evaluates held-out inputs; after the last of them, the job is at its end. */
function evaluateHeldOut(kernel: Kernel, job: Job, progress: JobProgress): void {
  const { ending, state } = progress;
  if (!ending) return;
  const found = heldOutLoss(kernel, job, state.parameters, ending.losses);
  if (found === null) return;
  if (!Number.isFinite(found.loss)) return diverge(progress, 'loss');
  progress.loss = found.loss;
  progress.lossError = found.error;
  progress.stopped = ending.stopped;
  progress.ending = null;
}

/** The held-out loss of a job; null if some batches are left. */
function heldOutLoss(
  kernel: Kernel,
  job: Job,
  parameters: ArrayLike<number>,
  losses: number[],
): HeldOutLoss | null {
  if (job.heldOut === null) throw new Error('the job has no held-out inputs');
  if (job.kind === 'fixed') return sampleLoss(kernel, job.heldOut, parameters);
  const { instance, heldOut } = job;
  return batchesLoss(kernel, { instance, heldOut }, parameters, losses);
}

function diverge(progress: JobProgress, cause: 'loss' | 'gradient'): void {
  progress.stopped = 'diverged';
  progress.ending = null;
  progress.cause = cause;
  progress.loss = Infinity;
}
