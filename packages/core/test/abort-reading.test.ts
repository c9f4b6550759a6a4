import { expect, it } from 'vitest';
import { forEachChunk } from '../src/streaming/chunks.ts';
import { selectedVectors } from '../src/streaming/geometry/selected-features.ts';

const DIMS = 2;
const APART = 100;

/** A source whose second read gives a signal, with the numbers of the features read. */
function interruptedSource() {
  const controller = new AbortController();
  const firsts: number[] = [];
  const source = {
    name: 'W',
    features: 10 * APART,
    dims: DIMS,
    precision: 'float64' as const,
    read: async (first: number, count: number) => {
      if (firsts.push(first) === 2) controller.abort(new Error('enough'));
      return new Float64Array(count * DIMS);
    },
  };
  return { source, firsts, hooks: { signal: controller.signal } };
}

it('reads no chunk after a signal, and ends with its reason when those in use have ended', async () => {
  const { source, firsts, hooks } = interruptedSource();
  const chunks = Array.from({ length: 5 }, (_, k) => ({ first: k * APART, count: APART }));
  const used: number[] = [];
  const reading = forEachChunk(
    source,
    chunks,
    { ahead: 2, stage: 'features', hooks },
    async (_, first) => void used.push(first),
  );
  await expect(reading).rejects.toThrow('enough');
  expect(firsts).toEqual([0, APART]);
  expect(used).toEqual([0, APART]);
});

it('rejects after a signal during the last chunk too', async () => {
  const { source, hooks } = interruptedSource();
  const chunks = [0, 1].map((k) => ({ first: k * APART, count: APART }));
  const reading = forEachChunk(
    source,
    chunks,
    { ahead: 1, stage: 'features', hooks },
    async () => {},
  );
  await expect(reading).rejects.toThrow('enough');
});

it('reads no selected feature after a signal', async () => {
  const { source, firsts, hooks } = interruptedSource();
  const wanted = Array.from({ length: 5 }, (_, k) => k * APART);
  await expect(selectedVectors(source, wanted, hooks)).rejects.toThrow('enough');
  expect(firsts).toEqual([0, APART]);
});
