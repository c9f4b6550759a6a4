import { expect, it } from 'vitest';
import { isRankInDoubt, relativeTolerance } from '../src/embedding/rank-tolerance.ts';

const size = { dims: 100, features: 400 };
const EPSILON = 2 ** -52;

it('is the rule of matrix_rank for float64, and 32 units in the last place for float32', () => {
  expect(relativeTolerance('float64', size)).toBe(400 * EPSILON);
  expect(relativeTolerance('float64', { dims: 900, features: 3 })).toBe(900 * EPSILON);
  expect(relativeTolerance('float32', size)).toBe(2 ** -18);
});

it('leaves the rank in doubt where the last value that counts is below 8 tolerances', () => {
  for (const precision of ['float64', 'float32'] as const) {
    const tolerance = relativeTolerance(precision, size);
    for (const largest of [1, 1000]) {
      const doubt = (last: number): boolean =>
        isRankInDoubt(precision, size, [largest, largest * last * tolerance], 2);
      expect([doubt(7.99), doubt(8.01)]).toEqual([true, false]);
    }
  }
});

it('leaves the rank in doubt where a dropped value is larger than rounding makes it', () => {
  const dropped = (precision: 'float32' | 'float64', value: number, of = size): boolean =>
    isRankInDoubt(precision, of, [3, 1, 3 * value], 2);
  // Half of the tolerance for float32.
  expect([dropped('float32', 2 ** -19 * 0.99), dropped('float32', 2 ** -19 * 1.01)]).toEqual([
    false,
    true,
  ]);
  // 4 sqrt(400) = 80 units for float64, less than half of 400.
  const unit = (count: number, of = size): boolean => dropped('float64', count * EPSILON, of);
  expect([unit(79), unit(81)]).toEqual([false, true]);
  // For a small matrix half of the tolerance is the smaller limit: 8 units, half of 16.
  const small = { dims: 16, features: 9 };
  expect([unit(7.9, small), unit(8.1, small)]).toEqual([false, true]);
  expect(isRankInDoubt('float64', size, [1, 0.5], 2)).toBe(false);
  expect(isRankInDoubt('float64', size, [0], 0)).toBe(false);
});
