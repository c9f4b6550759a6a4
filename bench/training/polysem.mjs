import { version } from '@polysem/core';
import { openWorkload } from '@polysem/runs/bench';

/** Number of threads that polysem can use. */
export const mostThreads = Infinity;

/** Opens a workload in polysem as one of the sides. */
export async function openPolysem(work, threads) {
  const { kernel, steps, train, close } = await openWorkload(work, threads);
  return {
    about: { library: 'polysem', version, threads },
    chosen: kernel,
    steps,
    train,
    close,
  };
}
