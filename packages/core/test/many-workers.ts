/* oxlint-disable no-await-in-loop -- one measurement at a time */
import { streamWorker } from '../src/streaming/stream-worker.ts';
import type { StreamWorkers } from '../src/streaming/workers.ts';

/**
 * Several workers simulated in this thread. Inputs are cloned or transferred and answers cloned, as
 * between real threads, and each answer takes a random time.
 *
 * @param random returns numbers from 0 to 1.
 */
export function manyWorkers(threads: number, random: () => number): StreamWorkers {
  const workers = Array.from({ length: threads }, () => ({
    work: streamWorker(),
    before: Promise.resolve() as Promise<unknown>,
  }));
  return {
    threads,
    ask: (worker, task, input, transfer = []) => {
      const sent = structuredClone(input, { transfer: [...transfer] });
      const { work, before } = workers[worker];
      const answer = before
        .catch(() => undefined)
        .then(async () => {
          for (let turns = Math.floor(6 * random()); turns > 0; turns--) {
            await new Promise((resolve) => {
              setImmediate(resolve);
            });
          }
          return structuredClone(work(task, sent));
        });
      workers[worker].before = answer;
      return answer;
    },
    renew: async () => {
      for (const worker of workers) worker.work = streamWorker();
    },
  };
}
