/* oxlint-disable no-await-in-loop -- one measurement at a time */
import { streamHand } from '../src/streaming/hand.ts';
import type { StreamCrew } from '../src/streaming/crew.ts';

/**
 * A crew of several hands in one thread: what goes to and fro is cloned as between threads, and hands are quick and slow by
 * turns that `chance` (from 0 to 1) decides.
 */
export function manyHands(threads: number, chance: () => number): StreamCrew {
  const hands = Array.from({ length: threads }, () => ({
    work: streamHand(),
    before: Promise.resolve() as Promise<unknown>,
  }));
  return {
    threads,
    ask: (hand, task, order) => {
      const sent = structuredClone(order);
      const { work, before } = hands[hand];
      const answer = before
        .catch(() => undefined)
        .then(async () => {
          for (let turns = Math.floor(6 * chance()); turns > 0; turns--) {
            await new Promise((resolve) => {
              setImmediate(resolve);
            });
          }
          return structuredClone(work(task, sent));
        });
      hands[hand].before = answer;
      return answer;
    },
    renew: async () => {
      for (const hand of hands) hand.work = streamHand();
    },
  };
}
