import type { Instance } from '@polysem/engine/kernels';
import type { Job, JobProgress } from '@polysem/engine/training';

/** A job of a run, as the side that hands it out sees it. */
export interface Task {
  readonly index: number;
  readonly job: Job;
  /** Where it can be gone on from, as far as is known here; null before the start. */
  progress: JobProgress | null;
  /** Steps that it has yet to take, its judgement counted as some. */
  stepsLeft: number;
  /** What a step is expected to cost, in multiplications. */
  readonly stepCost: number;
  /** Milliseconds that a step takes, once that has been measured. */
  stepMs: number | null;
}

/** A job with the work that it will be, going on from where it is. */
export function taskOf(index: number, job: Job, progress: JobProgress | null): Task {
  // A loss without its gradient is about half a step.
  const length = job.instance.steps + (job.heldOut?.batches ?? 0) / 2;
  return {
    index,
    job,
    progress,
    stepsLeft: Math.max(1, length - (progress?.state.step ?? 0)),
    stepCost: stepCost(job.instance),
    stepMs: null,
  };
}

/** What a job will still cost, in multiplications. */
export function costLeft(task: Task): number {
  return task.stepsLeft * task.stepCost;
}

/** What drawing an active entry costs, in multiplications. */
const DRAW = 16;

/** Active features a row, and the share of rows without any, were features independent. */
function activity(
  inputs: Instance['inputs'],
  features: number,
): { readonly active: number; readonly silent: number } {
  if ('kind' in inputs) {
    if (inputs.kind === 'correlated') return activity(inputs.marginal, features);
    return { active: inputs.batch.indices.length / inputs.batch.rows, silent: 0 };
  }
  let active = 0;
  let silent = 1;
  for (let i = 0; i < features; i++) {
    const { density } = 'density' in inputs ? inputs : inputs[i];
    active += density;
    silent *= 1 - density;
  }
  return { active, silent };
}

/**
 * Roughly the multiplications of one step. Only the proportions between jobs matter, and only for the order of work;
 * what a step takes is measured as soon as it is taken.
 */
function stepCost({ model, inputs, batch }: Instance): number {
  const { features, dims } = model;
  const { active, silent } = activity(inputs, features);
  const rows = batch * (1 - silent);
  const outputs = model.task === 'compression' ? features : 1;
  return batch + batch * active * (dims + DRAW) + rows * outputs * dims + features * dims;
}
