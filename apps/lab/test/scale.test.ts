import { expect, it } from 'vitest';
import { roundTicks } from '../src/view/scale.ts';

it('marks an axis by a few round numbers', () => {
  expect(roundTicks(0.1, 0.42)).toEqual([0.2, 0.4]);
  expect(roundTicks(0, 1)).toEqual([0, 0.5, 1]);
  expect(roundTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
});

it.each([1e-4, 1e-6, 1e-8, 1e-12])('marks no number twice if the ends differ by %s', (gap) => {
  const ticks = roundTicks(0.1347, 0.1347 + gap);
  expect(new Set(ticks).size).toBe(ticks.length);
});
