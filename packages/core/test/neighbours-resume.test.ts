/* oxlint-disable no-await-in-loop -- one search at a time */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generator, uniform } from '@polysem/numerics/random';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { crossNeighbours } from '../src/streaming/cross-neighbours.ts';
import type { NeighbourState } from '../src/streaming/pair-pass.ts';
import {
  streamNeighbours,
  type StreamNeighbourOptions,
} from '../src/streaming/stream-neighbours.ts';
import type { StreamWorkers } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';

const DIMS = 4;
// Chunks of five features.
const chunkBytes = 5 * DIMS * 8;
const a = embeddingSource(gaussianEmbedding(DIMS, 43, 1), 'A');
const b = embeddingSource(gaussianEmbedding(DIMS, 38, 2), 'B');

type Search = (options: StreamNeighbourOptions, workers?: StreamWorkers) => Promise<unknown>;

const SEARCHES: readonly [name: string, total: number, search: Search][] = [
  // Nine chunks of A, eight of B.
  [
    'in one source',
    45,
    (options, workers) => streamNeighbours(a, { chunkBytes, ...options }, workers),
  ],
  [
    'between two sources',
    72,
    (options, workers = manyWorkers(1, () => 0)) =>
      crossNeighbours(a, b, { chunkBytes, signs: 'fixed', ...options }, workers),
  ],
];

/** Searches until some pairs of chunks were taken up, then aborts; returns the last state, as if read from a file. */
async function cutOff(
  search: Search,
  workers: StreamWorkers,
  { pairs, every, begun }: { pairs: number; every: number; begun: NeighbourState | undefined },
): Promise<NeighbourState | undefined> {
  const signal = { aborted: false, reason: new Error('enough') };
  let seen = 0;
  let state = begun;
  const options: StreamNeighbourOptions = {
    signal,
    begun,
    isStateDue: () => {
      signal.aborted ||= ++seen === pairs;
      return seen % every === 0;
    },
    onState: (found) => (state = structuredClone(found)),
  };
  await search(options, workers).catch((reason: unknown) => expect(reason).toBe(signal.reason));
  return state;
}

describe.each(SEARCHES)('an interrupted search for neighbours %s', (_, total, search) => {
  it('resumes to the same bytes with any number of workers, after any interruptions', async () => {
    const expected = await search({});
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            pairs: fc.integer({ min: 1, max: 30 }),
            every: fc.integer({ min: 1, max: 4 }),
            threads: fc.integer({ min: 1, max: 4 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        async (cuts) => {
          const g = generator(3);
          let begun: NeighbourState | undefined;
          for (const { threads, ...cut } of cuts)
            begun = await cutOff(
              search,
              manyWorkers(threads, () => uniform(g) / 3),
              { ...cut, begun },
            );
          const done: number[] = [];
          const onProgress = (step: { readonly done: number; readonly total: number }): void => {
            done.push(step.done);
            expect(step.total).toBe(total);
          };
          const workers = manyWorkers(3, () => uniform(g) / 3);
          expect(await search({ begun, onProgress }, workers)).toEqual(expected);
          // Every pair that the state lacks is compared, and no other.
          const before = begun?.done ?? 0;
          expect(done).toEqual(Array.from({ length: total - before }, (__, k) => before + 1 + k));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('hands on its state when that is due, and at no other time', async () => {
    const done: number[] = [];
    let asked = 0;
    const onState = (state: NeighbourState): void => void done.push(state.done);
    await search(
      { isStateDue: () => ++asked % 7 === 0, onState },
      manyWorkers(3, () => 0),
    );
    expect(done).toEqual(Array.from({ length: Math.floor(total / 7) }, (__, k) => 7 * (k + 1)));
    expect(asked).toBe(total);
    await search({ onState });
    expect(done).toHaveLength(Math.floor(total / 7));
  });

  it('fails if the work of any pair fails, also of the last', async () => {
    for (const failing of [1, total - 1, total]) {
      const inner = manyWorkers(2, () => 0);
      let asked = 0;
      const workers: StreamWorkers = {
        ...inner,
        ask: async (...words) => {
          const own = ++asked;
          const answer = await inner.ask(...words);
          if (own === failing) throw new Error(`worker ended in pair ${own}`);
          return answer;
        },
      };
      await expect(search({}, workers)).rejects.toThrow(`worker ended in pair ${failing}`);
    }
  });

  it('refuses the state of other sizes, and leaves its arrays as they are', async () => {
    const workers = manyWorkers(1, () => 0);
    const state = await cutOff(search, workers, { pairs: 20, every: 10, begun: undefined });
    if (state === undefined) throw new Error('no state');
    const copy = structuredClone(state);
    await search({ begun: state });
    expect(state).toEqual(copy);
    await expect(search({ begun: { ...state, size: 6 } })).rejects.toThrow(
      /^begun: is the state of 43( and 38)? features in chunks of 6, not of 43( and 38)? in chunks of 5$/,
    );
    const short = state.nearest.map(({ index, cosine }) => ({
      index: index.subarray(1),
      cosine: cosine.subarray(1),
    }));
    await expect(search({ begun: { ...state, nearest: short } })).rejects.toThrow(RangeError);
  });
});
