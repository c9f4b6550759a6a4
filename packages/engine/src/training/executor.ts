import type { Instance, Kernel } from '../kernels/kernel.ts';
import { beginJob, continueJob, type Job, type JobProgress } from './job.ts';

/** What an executor is told beside its jobs, and whom it tells how they come on. */
export interface ExecutorHooks {
  /** How far earlier, interrupted work on the same jobs had come, by the job's place; finished ones are not done again. */
  readonly resume?: ReadonlyMap<number, JobProgress>;
  /** Called now and then with the steps a job has taken; what it returns is awaited before the job goes on. */
  readonly onSteps?: (job: number, steps: number) => void | Promise<void>;
  /**
   * Called when a job ends, and now and then in between, with what it can be gone on from. Only good until the call
   * returns: the job goes on and changes it.
   */
  readonly onCheckpoint?: (job: number, progress: JobProgress) => void;
}

/** Trains jobs, one after the other or many at a time; results are in the order of the jobs, whatever the way. */
export interface Executor {
  readonly run: (jobs: readonly Job[], hooks?: ExecutorHooks) => Promise<JobProgress[]>;
}

/** Multiplications between two looks at the hooks: some milliseconds of a fast kernel, a tenth of a second of a slow one. */
const PORTION = 1 << 24;
/** What a row costs beside the multiplications of its weights, in such: it must be drawn. */
const ROW = 64;

/** How many steps of an instance make a portion of work, after which others may have a look at it. */
export function portion({ model, batch }: Pick<Instance, 'model' | 'batch'>): number {
  return Math.max(1, Math.floor(PORTION / (batch * (model.features * model.dims + ROW))));
}

/** Trains one job after the other, here. */
export function inlineExecutor(kernel: Kernel): Executor {
  return {
    run: async (jobs, { resume, onSteps, onCheckpoint } = {}) => {
      const done: JobProgress[] = [];
      for (const [i, job] of jobs.entries()) {
        const progress = resume?.get(i) ?? beginJob(kernel, job);
        while (progress.stopped === null) {
          continueJob(kernel, job, progress, portion(job.instance));
          onCheckpoint?.(i, progress);
          // One portion after the other is the point.
          // oxlint-disable-next-line no-await-in-loop
          await onSteps?.(i, progress.state.step);
        }
        done.push(progress);
      }
      return done;
    },
  };
}
