import { describe, expect, it } from 'vitest';
import { logSpaced } from '../src/elementary/log-spaced.ts';
import { quantile } from '../src/elementary/quantile.ts';

describe('quantile', () => {
  it('interpolates linearly and includes both ends', () => {
    const sorted = Float64Array.of(-1, 0, 4, 4);
    expect([0, 1 / 6, 0.5, 1].map((p) => quantile(sorted, p))).toEqual([-1, -0.5, 2, 4]);
  });

  it('is NaN for an empty list and infinite between equal infinities', () => {
    expect(quantile(new Float64Array(0), 0.5)).toBe(NaN);
    expect(quantile(Float64Array.of(0, Infinity, Infinity), 0.75)).toBe(Infinity);
  });
});

describe('logSpaced', () => {
  it('has equal ratios and exact ends, in either direction', () => {
    const numbers = logSpaced(0.7, 0.001, 7);
    expect([numbers[0], numbers[6]]).toEqual([0.7, 0.001]);
    for (let i = 1; i < 7; i++) {
      expect(numbers[i] / numbers[i - 1]).toBeCloseTo((0.001 / 0.7) ** (1 / 6), 13);
    }
  });

  it('is the first number for a count of 1', () => {
    expect([...logSpaced(3, 5, 1)]).toEqual([3]);
  });
});
