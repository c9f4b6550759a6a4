/** Starts a worker that opens and measures weights. */
export function startModelWorker(): Worker {
  return new Worker(new URL('./model-worker.ts', import.meta.url), { type: 'module' });
}
