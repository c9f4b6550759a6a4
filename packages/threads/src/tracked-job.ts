import type { Instance } from '@polysem/engine/kernels';
import {
  lengthOf,
  roughStepCost,
  stepsDone,
  type Job,
  type JobProgress,
} from '@polysem/engine/training';

/** A job of a run as the pool sees it: how far it has come, and how long it will take. */
export interface TrackedJob {
  /** The job's place among those of the run. */
  readonly index: number;
  readonly job: Job;
  /** The last known state from which the job can continue; null before its first step. */
  progress: JobProgress | null;
  /** Steps that remain; a held-out batch at the end counts as half a step. */
  stepsLeft: number;
  /** Expected cost of a step, in multiplications. */
  readonly stepCost: number;
  /** Milliseconds per step, once measured. */
  stepMs: number | null;
}

/** Tracks a job that continues from `progress`. */
export function trackedJob(index: number, job: Job, progress: JobProgress | null): TrackedJob {
  return {
    index,
    job,
    progress,
    stepsLeft: Math.max(1, lengthOf(job) - (progress === null ? 0 : stepsDone(progress))),
    stepCost: job.kind === 'batches' ? stepCost(job.instance) : roughStepCost(job),
    stepMs: null,
  };
}

/** Expected cost of the rest of a job, in multiplications. */
export function costLeft(tracked: TrackedJob): number {
  return tracked.stepsLeft * tracked.stepCost;
}

/** Cost of drawing an active entry, in multiplications. */
const DRAW = 16;

/** The expected number of active features per row, and the fraction of rows without any, as if features were independent. */
function activity(inputs: Instance['inputs']): {
  readonly active: number;
  readonly silent: number;
} {
  if (inputs.kind === 'rows')
    return { active: inputs.batch.indices.length / inputs.batch.rows, silent: 0 };
  let active = 0;
  let silent = 1;
  for (const { density } of inputs.marginals) {
    active += density;
    silent *= 1 - density;
  }
  return { active, silent };
}

/**
 * Approximate multiplications of one step. Only ratios between jobs matter, and only for the order of work: the time of a
 * step is measured as soon as one is taken.
 */
function stepCost({ model, inputs, batch }: Instance): number {
  const { features, dims } = model;
  const { active, silent } = activity(inputs);
  const rows = batch * (1 - silent);
  const outputs = model.task === 'compression' ? features : 1;
  return batch + batch * active * (dims + DRAW) + rows * outputs * dims + features * dims;
}
