import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activationStatistics, varianceExplained } from '../src/audit/activation-statistics.ts';
import { normal, uniform } from '@polysem/numerics/random';
import { generator } from '@polysem/numerics/random';

/** Two-pass statistics of one feature: the mean first, then powers of the deviations from it. */
function twoPasses(values: readonly number[]) {
  const n = values.length;
  const average = (f: (x: number) => number) => values.reduce((s, x) => s + f(x), 0) / n;
  const shift = values[0];
  const mean = shift + average((x) => x - shift);
  const variance = average((x) => (x - mean) ** 2);
  return {
    density: values.filter((x) => x !== 0).length / n,
    mean,
    variance,
    meanSquare: average((x) => x * x),
    kurtosis: average((x) => (x - mean) ** 4) / variance ** 2,
    kurtosisAboutZero: average((x) => x ** 4) / average((x) => x * x) ** 2,
  };
}

function gathered(rows: readonly (readonly number[])[], cuts: readonly number[] = []) {
  const features = rows[0].length;
  const accumulator = activationStatistics(features);
  const ends = [...new Set([...cuts.map((cut) => cut % rows.length), rows.length])].toSorted(
    (a, b) => a - b,
  );
  let first = 0;
  for (const end of ends) {
    accumulator.add(Float64Array.from(rows.slice(first, end).flat()), end - first);
    first = end;
  }
  return accumulator.result();
}

describe('activationStatistics', () => {
  it('agrees with two passes for any division into chunks', () => {
    const value = fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: -256, max: 256 }).map((x) => x / 64) },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 40 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        (rows, cuts) => {
          const found = gathered(rows, cuts);
          expect(found.samples).toBe(rows.length);
          for (const i of [0, 1]) {
            const column = rows.map((row) => row[i]);
            const expected = twoPasses(column);
            const active = column.filter((x) => x !== 0);
            expect(found.density[i]).toBe(expected.density);
            expect(found.mean[i]).toBeCloseTo(expected.mean, 12);
            expect(found.meanActive[i]).toBeCloseTo(
              active.length === 0 ? 0 : active.reduce((s, x) => s + x, 0) / active.length,
              12,
            );
            expect(found.variance[i]).toBeCloseTo(expected.variance, 11);
            expect(found.meanSquare[i]).toBeCloseTo(expected.meanSquare, 11);
            // A variance at the level of rounding does not determine the kurtosis.
            if (expected.variance > 1e-4) {
              expect(found.kurtosis[i] / expected.kurtosis).toBeCloseTo(1, 8);
              expect(found.kurtosisAboutZero[i] / expected.kurtosisAboutZero).toBeCloseTo(1, 8);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stays accurate at mean 1e6 and variance 1, where sums of fourth powers have no digits left', () => {
    const g = generator(3);
    const values = Array.from({ length: 20_000 }, () => 1e6 + normal(g));
    const found = gathered(values.map((x) => [x]));
    const expected = twoPasses(values);
    // An ulp of 1e6 is 1e-10, which bounds the error of deviations of order 1; means are more accurate.
    expect(found.variance[0]).toBeCloseTo(expected.variance, 8);
    expect(found.kurtosis[0]).toBeCloseTo(expected.kurtosis, 7);
    expect(found.kurtosisAboutZero[0]).toBeCloseTo(1, 9);
    const fourth = values.reduce((s, x) => s + x ** 4, 0) / values.length;
    const naive = fourth - (4e6 * values.reduce((s, x) => s + x ** 3, 0)) / values.length;
    expect(Math.abs(naive)).toBeGreaterThan(1e20);
  });

  it('stays accurate when zeros are merged with large active values', () => {
    const g = generator(4);
    const values = Array.from({ length: 20_000 }, () => (uniform(g) < 0.01 ? 1e6 + normal(g) : 0));
    const found = gathered(values.map((x) => [x]));
    const p = found.density[0];
    // Nearly a Bernoulli variable: its kurtosis is (1 - 3 p (1 - p)) / (p (1 - p)), up to 1e-6 of the spread.
    expect(found.kurtosis[0] / ((1 - 3 * p * (1 - p)) / (p * (1 - p)))).toBeCloseTo(1, 9);
    expect(found.kurtosisAboutZero[0] * p).toBeCloseTo(1, 9);
    expect(found.meanActive[0] / 1e6).toBeCloseTo(1, 5);
  });

  it('has no kurtosis for a feature that is never active, and accepts float32', () => {
    const accumulator = activationStatistics(2);
    accumulator.add(Float32Array.of(0, 1.5, 0, 0), 2);
    const { density, kurtosis, kurtosisAboutZero, variance, mean } = accumulator.result();
    expect([...density]).toEqual([0, 0.5]);
    expect([...variance]).toEqual([0, 0.5625]);
    expect([...mean]).toEqual([0, 0.75]);
    expect([...kurtosis]).toEqual([NaN, 1]);
    expect([...kurtosisAboutZero]).toEqual([NaN, 2]);
  });

  it('rejects activations that are not finite, naming sample and feature', () => {
    const accumulator = activationStatistics(2);
    expect(() => accumulator.result()).toThrow('there are no samples');
    accumulator.add(Float64Array.of(1, 2), 1);
    expect(() => accumulator.add(Float64Array.of(1, 2, 3, NaN), 2)).toThrow(
      'activations: sample 2 has NaN for feature 1',
    );
    expect(() => accumulator.add(Float64Array.of(1), 1)).toThrow('need 2 numbers, got 1');
    expect(() => activationStatistics(0)).toThrow('features: must be a positive integer');
  });
});

describe('varianceExplained', () => {
  it('divides the variance of the reconstruction among features', () => {
    expect([...varianceExplained([1, 2, 0], [3, 0.5, 9])]).toEqual([0.75, 0.25, 0]);
    expect(() => varianceExplained([0], [1])).toThrow('no feature is ever active');
    expect(() => varianceExplained([0], [1, 2])).toThrow('2 vectors for the activations of 1');
  });
});
