import type { ExecutorHooks, JobProgress } from '@polysem/engine/training';

/** Hooks and options of a training run. Times are measured by the workers and do not affect results. */
export interface PoolHooks extends ExecutorHooks {
  /** Called several times a second with the fraction of the whole work that is done. */
  readonly onProgress?: (done: number) => void;
  /** Called as soon as a job has ended. */
  readonly onDone?: (job: number, progress: JobProgress) => void;
  /** Seconds of work on a job between two calls of `onCheckpoint` (default: 5). */
  readonly checkpointSeconds?: number;
  /**
   * Ends the run: workers stop after their slice, `onCheckpoint` gets the progress of every job that has begun, and the
   * run rejects with the signal's reason.
   */
  readonly signal?: AbortSignal;
}
