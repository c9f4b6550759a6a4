import type { JobProgress } from '@polysem/engine/training';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crewFor } from '../src/crew.ts';
import type { Order } from '../src/messages.ts';
import { taskOf } from '../src/task.ts';
import { toyJob } from './jobs.ts';

const SLICE = 20;

/** When the last of so many workers ends, in a world where only slices of work take time; and how often a job was moved. */
function makespan(lengths: readonly number[], threads: number): { ms: number; moves: number } {
  const tasks = lengths.map((ms, i) => taskOf(i, { ...toyJob(0, ms), heldOut: null }, null));
  const left = [...lengths];
  const queues: number[][] = Array.from({ length: threads }, () => []);
  const clocks = queues.map(() => 0);
  const orders: Order[][] = queues.map(() => []);
  let moves = 0;
  const crew = crewFor(tasks, threads, Infinity, (thread, order) => orders[thread].push(order));
  const follow = (now: number): void => {
    queues.forEach((queue, thread) => {
      for (const order of orders[thread].splice(0)) {
        if (order.kind === 'assign') {
          if (queue.length === 0) clocks[thread] = Math.max(clocks[thread], now);
          queue.push(...order.assignments.map(({ index }) => index));
        } else {
          moves += queue.length;
          const unfinished = queue.splice(0).map((index) => ({ index, progress: null }));
          crew.takeBack(thread, unfinished);
          crew.share();
        }
      }
    });
  };
  crew.share();
  follow(0);
  for (;;) {
    const busy = [...queues.keys()].filter((thread) => queues[thread].length > 0);
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
      crew.note(next, { index, step: 0, steps: ms, ms, progress });
      if (left[index] === 0) {
        queues[next].shift();
        crew.drop(next, index);
      }
    }
    crew.share();
    follow(clocks[next]);
  }
}

/** No schedule ends before this. */
const bound = (lengths: readonly number[], threads: number): number =>
  Math.max(...lengths, lengths.reduce((a, b) => a + b, 0) / threads);

describe('the balance of work', () => {
  it.each<[string, readonly number[], number]>([
    ['three on two', [2000, 2000, 2000], 2],
    ['three and a short one on two', [1000, 1000, 1000, 100], 2],
    ['four on three', [2000, 2000, 2000, 2000], 3],
    ['one that takes longest by far', [5000, 100, 100, 100], 2],
    ['nine on eight', Array.from({ length: 9 }, () => 3000), 8],
    ['thousands of tiny ones', Array.from({ length: 4096 }, () => 3), 2],
  ])('lets all end together: %s', (_, lengths, threads) => {
    const { ms, moves } = makespan(lengths, threads);
    expect(ms).toBeLessThan(bound(lengths, threads) * 1.02 + 2 * SLICE);
    expect(moves).toBeLessThan(10 * threads);
  });

  it('holds for any jobs and threads', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 8 }), (some, threads) => {
        expect(makespan(some, threads).ms).toBeLessThan(bound(some, threads) * 1.1 + 3 * SLICE);
      }),
    );
  });
});
