/** Starts a worker that reads files of results. */
export function startResultsWorker(): Worker {
  return new Worker(new URL('./results-worker.ts', import.meta.url), { type: 'module' });
}
