import type { JobProgress } from '@polysem/engine/training';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduler } from '../src/scheduler.ts';
import { trackedJob } from '../src/tracked-job.ts';
import { toyJob } from './jobs.ts';

const SLICE = 20;

/**
 * Simulates workers for which messages take no time. Returns the time at which the last job ends, and how often a job was
 * moved.
 */
function makespan(lengths: readonly number[], threads: number): { ms: number; moves: number } {
  const jobs = lengths.map((ms, i) => trackedJob(i, { ...toyJob(0, ms), heldOut: null }, null));
  const left = [...lengths];
  const queues: number[][] = Array.from({ length: threads }, () => []);
  const clocks = queues.map(() => 0);
  /** Messages to each worker: indices of new jobs, or a recall. */
  const messages: (readonly number[] | 'recall')[][] = queues.map(() => []);
  let moves = 0;
  const schedule = scheduler(jobs, threads, {
    assign: (worker, given) => messages[worker].push(given.map(({ index }) => index)),
    recall: (worker) => messages[worker].push('recall'),
  });
  const deliver = (now: number): void => {
    queues.forEach((queue, worker) => {
      for (const message of messages[worker].splice(0)) {
        if (message === 'recall') {
          moves += queue.length;
          const jobsBack = queue.splice(0).map((index) => ({ index, progress: null }));
          schedule.returned(worker, jobsBack);
          schedule.distribute();
        } else {
          if (queue.length === 0) clocks[worker] = Math.max(clocks[worker], now);
          queue.push(...message);
        }
      }
    });
  };
  schedule.distribute();
  deliver(0);
  for (;;) {
    const busy = [...queues.keys()].filter((worker) => queues[worker].length > 0);
    const next = busy.toSorted((a, b) => clocks[a] - clocks[b]).at(0);
    if (next === undefined) return { ms: Math.max(...clocks), moves };
    let time = SLICE;
    while (time > 0 && queues[next].length > 0) {
      const [index] = queues[next];
      const ms = Math.min(time, left[index]);
      time -= ms;
      left[index] -= ms;
      clocks[next] += ms;
      const progress = left[index] === 0 ? ({} as JobProgress) : null;
      schedule.advance(next, { index, step: 0, steps: ms, ms, progress });
      if (left[index] === 0) {
        queues[next].shift();
        schedule.remove(next, index);
      }
    }
    schedule.distribute();
    deliver(clocks[next]);
  }
}

/** A lower bound on the makespan of every schedule. */
const bound = (lengths: readonly number[], threads: number): number =>
  Math.max(...lengths, lengths.reduce((a, b) => a + b, 0) / threads);

describe('the scheduler', () => {
  it.each<[string, readonly number[], number]>([
    ['three on two', [2000, 2000, 2000], 2],
    ['three and a short one on two', [1000, 1000, 1000, 100], 2],
    ['four on three', [2000, 2000, 2000, 2000], 3],
    ['one much longer than the others', [5000, 100, 100, 100], 2],
    ['nine on eight', Array.from({ length: 9 }, () => 3000), 8],
    ['thousands of tiny ones', Array.from({ length: 4096 }, () => 3), 2],
  ])('lets all workers end together: %s', (_, lengths, threads) => {
    const { ms, moves } = makespan(lengths, threads);
    expect(ms).toBeLessThan(bound(lengths, threads) * 1.02 + 2 * SLICE);
    expect(moves).toBeLessThan(10 * threads);
  });

  it('is near the optimum for any jobs and number of workers', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 8 }), (some, threads) => {
        expect(makespan(some, threads).ms).toBeLessThan(bound(some, threads) * 1.1 + 3 * SLICE);
      }),
    );
  });
});
