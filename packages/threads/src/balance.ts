/**
 * Milliseconds of work that a worker may have in advance, so that it does not wait for the main thread when that is busy.
 * (A message to an idle thread takes 0.05 ms.)
 */
const AHEAD_MS = 250;

/** Moving a job must gain at least this. */
const MIN_GAIN_MS = 20;

/** Relative error of expected times. */
const UNCERTAINTY = 0.05;

/**
 * True if a worker that is still busy should get the next job: it will be idle soon, at least half of all waiting work
 * stays in the queue, and the job would end there before the time at which evenly divided work ends.
 *
 * @param loadMs expected time until the worker is idle.
 * @param jobMs expected time of the next job.
 * @param waitingMs expected time of all jobs that no worker has.
 * @param totalMs expected time of all work that remains.
 */
export function takesMore(
  loadMs: number,
  jobMs: number,
  waitingMs: number,
  totalMs: number,
  threads: number,
): boolean {
  return (
    loadMs < Math.min(AHEAD_MS, waitingMs / (2 * threads)) && loadMs + jobMs < totalMs / threads
  );
}

/**
 * True if the longest waiting job must replace the running job that has the least left. Work that can be interrupted can
 * end on all workers at once, after total / threads, as long as no single job takes longer (McNaughton 1959). So a job
 * can wait until total / threads minus its own length; replacing another job earlier gains nothing.
 *
 * @param shortestRunningMs expected rest of the running job that has the least left.
 * @param longestWaitingMs expected time of the longest waiting job.
 * @param totalMs expected time of all work that remains.
 */
export function mustReplace(
  shortestRunningMs: number,
  longestWaitingMs: number,
  totalMs: number,
  threads: number,
): boolean {
  const latestStartMs = (1 - UNCERTAINTY) * (totalMs / threads) - longestWaitingMs;
  return latestStartMs < 2 * MIN_GAIN_MS && longestWaitingMs > shortestRunningMs + MIN_GAIN_MS;
}
