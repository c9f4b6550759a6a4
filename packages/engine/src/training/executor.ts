import type { Kernel } from '../kernels/kernel.ts';
import { PRODUCTS_UP_TO } from '../models/quadratic-sample-loss.ts';
import { isQuadraticModel } from '../models/toy-model.ts';
import { beginJob, continueJob, stepsDone, type Job, type JobProgress } from './job.ts';

/** Progress and checkpoint callbacks of an executor, and the progress of an earlier run. */
export interface ExecutorHooks {
  /**
   * Progress of an earlier, interrupted run of the same jobs, by index; finished jobs are not
   * trained again.
   */
  readonly resume?: ReadonlyMap<number, JobProgress>;
  /**
   * Called periodically with the number of steps that a job has taken, where a held-out batch counts
   * as half a step; the job waits for a returned promise.
   */
  readonly onSteps?: (job: number, steps: number) => void | Promise<void>;
  /**
   * Called when a job ends, and periodically before, with progress from which it can be resumed.
   * The progress is valid only until the call returns, because the job changes it.
   */
  readonly onCheckpoint?: (job: number, progress: JobProgress) => void;
}

/** Trains jobs, one after the other or several at once; results are in the order of the jobs. */
export interface Executor {
  /** Number of jobs trained at once; 1 by default. */
  readonly threads?: number;
  readonly run: (jobs: readonly Job[], hooks?: ExecutorHooks) => Promise<JobProgress[]>;
}

/**
 * Multiplications between two calls of the hooks: milliseconds with a fast kernel, a tenth of a
 * second with a slow one.
 */
const TURN = 1 << 24;
/** Cost of sampling one row, in multiplications. */
const ROW = 64;

/** Number of steps to take before the hooks are called again. */
export function stepsPerTurn(job: Job): number {
  return Math.max(1, Math.floor(TURN / roughStepCost(job)));
}

/**
 * Rough cost of a step, in multiplications.
 *
 * @param job the job.
 * @returns the number of multiplications.
 *
 * @example
 * ```js
 * import { planTraining, roughStepCost, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * roughStepCost(planTraining(spec).job(0)); // 4
 * ```
 */
export function roughStepCost(job: Job): number {
  const { features, dims } = job.kind === 'batches' ? job.instance.model : job.model;
  const perRow = features * dims + ROW;
  if (job.kind === 'batches') return job.instance.batch * perRow;
  const { loss } = job;
  // The loss of products costs the size of their covariance, (N (N + 1) / 2)^2; the exact loss at
  // most that.
  const products = ((features * (features + 1)) / 2) ** 2;
  if (loss.kind === 'exact') return Math.min(products, features * features * dims);
  if (loss.kind === 'products') return products;
  const rows = loss.kind === 'rows' ? loss.inputs.chosen.length : loss.rows;
  return isQuadraticModel(job.model) && features <= PRODUCTS_UP_TO ? products : rows * perRow;
}

/**
 * Trains jobs one after the other in this thread.
 *
 * @param kernel the kernel that takes the steps.
 * @returns the executor.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { inlineExecutor, planTraining, trainingDefaults } from 'polysem/training';
 * const sizes = { features: 2, dims: 1, importance: [1, 1] };
 * const model = { task: 'computation', activation: 'quadratic', ...sizes };
 * const inputs = { shape: 'uniform', density: 0.1, unitVariance: true };
 * const spec = { model, inputs, ...trainingDefaults(model), restarts: 2, seed: 0 };
 * const [progress] = await inlineExecutor(typescriptKernel).run([planTraining(spec).job(0)]);
 * progress.stopped; // 'converged'
 * ```
 */
export function inlineExecutor(kernel: Kernel): Executor {
  return {
    run: async (jobs, { resume, onSteps, onCheckpoint } = {}) => {
      const done: JobProgress[] = [];
      for (const [i, job] of jobs.entries()) {
        const progress = resume?.get(i) ?? beginJob(kernel, job);
        while (progress.stopped === null) {
          continueJob(kernel, job, progress, stepsPerTurn(job));
          onCheckpoint?.(i, progress);
          // oxlint-disable-next-line no-await-in-loop
          await onSteps?.(i, stepsDone(progress));
        }
        done.push(progress);
      }
      return done;
    },
  };
}
