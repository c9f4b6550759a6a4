import type { ExecutorHooks, JobProgress } from '@polysem/engine/training';

/** What a pool is told beside its jobs. Times are those of the workers' clocks and decide no result. */
export interface PoolHooks extends ExecutorHooks {
  /** Called often with the fraction of the whole work that is done. */
  readonly onProgress?: (done: number) => void;
  /** Called as soon as a job has ended. */
  readonly onDone?: (job: number, progress: JobProgress) => void;
  /** Seconds of work on a job between two calls of `onCheckpoint`; 5 where absent. */
  readonly checkpointSeconds?: number;
  /**
   * Ends the run: workers stop after the slice they are at, the progress of every job that has begun goes to
   * `onCheckpoint`, and the run rejects with the signal's reason.
   */
  readonly signal?: AbortSignal;
}
