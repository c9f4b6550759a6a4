import { costLeft, type TrackedJob } from './tracked-job.ts';

/** The jobs of a run that no worker has. */
export interface JobQueue {
  /** Expected milliseconds of all of them. */
  readonly ms: () => number;
  /** The job that will take longest, which stays in the queue; null if the queue is empty. */
  readonly longest: () => TrackedJob | null;
  /** Removes the job that will take longest. */
  readonly take: () => TrackedJob;
  /** Adds a job that a worker gave back. */
  readonly add: (job: TrackedJob) => void;
}

/**
 * A queue of jobs.
 *
 * @param msLeft expected milliseconds of a job that was measured.
 * @param expectedMs expected milliseconds of work of some cost.
 */
export function jobQueue(
  jobs: readonly TrackedJob[],
  msLeft: (job: TrackedJob) => number,
  expectedMs: (cost: number) => number,
): JobQueue {
  // Jobs that no worker has had, the longest last; equal ones in reverse order, so that they are taken in order.
  const fresh = jobs.toReversed().toSorted((a, b) => costLeft(a) - costLeft(b));
  let freshCost = fresh.reduce((sum, job) => sum + costLeft(job), 0);
  // Jobs that a worker has had; there are only a few.
  const returned: TrackedJob[] = [];

  const longest = (): TrackedJob | null =>
    returned.reduce<TrackedJob | null>(
      (best, job) => (best === null || msLeft(job) > msLeft(best) ? job : best),
      fresh.at(-1) ?? null,
    );
  return {
    ms: () => returned.reduce((sum, job) => sum + msLeft(job), expectedMs(freshCost)),
    longest,
    take: () => {
      const job = longest();
      if (job === null) throw new Error('the queue of jobs is empty');
      if (job === fresh.at(-1)) {
        fresh.pop();
        freshCost -= costLeft(job);
      } else {
        returned.splice(returned.indexOf(job), 1);
      }
      return job;
    },
    add: (job) => {
      returned.push(job);
    },
  };
}
