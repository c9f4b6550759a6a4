import type { TrackedJob } from './tracked-job.ts';

/** Estimates of how long jobs take, from the times of steps taken so far. */
export interface TimeEstimates {
  /** Milliseconds of work of some cost, for jobs that were not measured. */
  readonly expectedMs: (cost: number) => number;
  /** Milliseconds per step of a job, measured or expected. */
  readonly stepMs: (job: TrackedJob) => number;
  /** Milliseconds of the rest of a job. */
  readonly msLeft: (job: TrackedJob) => number;
  /** Takes a measurement into account: `steps` steps of a job took `ms` milliseconds. */
  readonly learn: (job: TrackedJob, steps: number, ms: number) => void;
}

/** Estimates for one run: for a job from its own steps, before its first step from those of other jobs. */
export function timeEstimates(): TimeEstimates {
  // The first guess has almost no weight. Old measurements fade, such as those of a kernel's slow first calls.
  let ms = 1e-6;
  let cost = 1;
  const expectedMs = (ofCost: number): number => ofCost * (ms / cost);
  const stepMs = (job: TrackedJob): number => job.stepMs ?? expectedMs(job.stepCost);
  return {
    expectedMs,
    stepMs,
    msLeft: (job) => job.stepsLeft * stepMs(job),
    learn: (job, steps, took) => {
      if (steps === 0) return;
      // Averaged, because another process may have disturbed a single slice.
      job.stepMs = job.stepMs === null ? took / steps : 0.8 * job.stepMs + 0.2 * (took / steps);
      ms = 0.9 * ms + took;
      cost = 0.9 * cost + steps * job.stepCost;
    },
  };
}
