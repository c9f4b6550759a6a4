/**
 * Work handed out ahead of time, so that no worker waits for the main thread, which may be busy for a while. In quiet a
 * message takes a twentieth of a millisecond.
 */
const AHEAD_MS = 250;

/** Less than this is not worth moving a job for. */
const GRAIN_MS = 20;

/** The fraction by which expected times may be wrong. */
const DOUBT = 0.05;

/**
 * Whether a worker that is not yet idle takes the next job: if it will soon be, if half of all that waits remains for
 * later, and if the job would end there no later than all work divided evenly.
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
 * Whether the longest job that waits must take the place of the shortest at work. Work that may be interrupted can end
 * everywhere at once, after total / threads, as long as no job alone takes longer than that (McNaughton 1959). So a job
 * may wait until it does; moving others for it before that would be in vain.
 */
export function mustGiveWay(
  shortestAtWorkMs: number,
  longestWaitingMs: number,
  totalMs: number,
  threads: number,
): boolean {
  const latestStartMs = (1 - DOUBT) * (totalMs / threads) - longestWaitingMs;
  return latestStartMs < 2 * GRAIN_MS && longestWaitingMs > shortestAtWorkMs + GRAIN_MS;
}
