import { elapsedTime } from '@polysem/numerics/clock';
import { performance } from 'node:perf_hooks';
import type { JobProgress } from '@polysem/engine/training';
import type { KernelName } from '@polysem/engine/kernels';
import { openPool } from '@polysem/threads/node';
import type { Workload } from './workload.ts';
import { workloadJobs } from './workload-jobs.ts';

/** Seed of the models whose steps are timed. */
export const TIMED_SEED = 0;

/** A workload with its worker threads. The caller must close it. */
export interface OpenWorkload {
  readonly kernel: KernelName;
  /** Trains all instances for `count` more steps and returns the seconds that took. */
  readonly steps: (count: number) => Promise<number>;
  /** Trains from scratch and returns the held-out loss of each instance, summed over features. */
  readonly train: (steps: number, seed: number) => Promise<number[]>;
  readonly close: () => Promise<void>;
}

/**
 * Starts worker threads for a workload.
 *
 * @param work the workload.
 * @param threads number of worker threads.
 * @param kernel the kernel; `auto` is the fastest available.
 * @returns the open workload.
 * @throws RangeError if `threads` is not a positive integer; Error if a worker cannot start or lacks the kernel.
 *
 * @example
 * ```js
 * import { openWorkload, workload } from '@polysem/runs/bench';
 * const opened = await openWorkload(workload({ features: 5, dims: 2, instances: 3 }), 1);
 * const losses = await opened.train(1, 0);
 * await opened.close();
 * losses.length; // 3
 * ```
 */
export async function openWorkload(
  work: Workload,
  threads: number,
  kernel: KernelName | 'auto' = 'auto',
): Promise<OpenWorkload> {
  const pool = await openPool({ threads, kernel });
  let begun = new Map<number, JobProgress>();
  let taken = 0;
  return {
    kernel: pool.kernel,
    async steps(count) {
      taken += count;
      const jobs = workloadJobs(work, taken, TIMED_SEED, 0);
      const clock = elapsedTime(() => performance.now());
      const ended = await pool.run(jobs, { resume: begun });
      const seconds = clock() / 1000;
      begun = new Map(ended.map((progress, k) => [k, { ...progress, stopped: null }]));
      return seconds;
    },
    async train(steps, seed) {
      const batches = Math.ceil(work.heldOut / work.batch);
      const ended = await pool.run(workloadJobs(work, steps, seed, batches));
      // The models train on the mean over features; report the sum.
      return ended.map(({ loss }) => (loss ?? Infinity) * work.features);
    },
    close: pool.close,
  };
}
