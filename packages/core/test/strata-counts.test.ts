import { generator } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { stratify } from '../src/features/strata.ts';
import { sum } from './fixtures.ts';

/** P(m features are active), m = 0 .. N, for independent features. */
function countsOf(densities: readonly number[]): number[] {
  let counts = [1];
  for (const p of densities)
    counts = [...counts, 0].map((own, m) => own * (1 - p) + (m > 0 ? counts[m - 1] * p : 0));
  return counts;
}

function inputsOf(densities: readonly number[]) {
  return densities.map((density) => ({
    shape: 'uniform-positive' as const,
    density,
    unitVariance: false,
  }));
}

/** The number of active features and the weight of each row. */
function rowsOf(densities: readonly number[], rows: number, seed: number) {
  const batch = stratify(generator(seed), inputsOf(densities), densities.length, { rows });
  return Array.from(batch.weights, (weight, row) => ({
    active: batch.rowStarts[row + 1] - batch.rowStarts[row],
    weight,
  }));
}

describe('rows of more than ten features', () => {
  it('are stratified by the number of active features, in proportion to it and its probability', () => {
    for (const [densities, rows] of [
      [Array.from({ length: 12 }, () => 0.3), 1000],
      [Array.from({ length: 11 }, (_, i) => 0.01 * (i + 1)), 700],
      [Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 0.4 : 0.002)), 5000],
      [Array.from({ length: 13 }, () => 1e-5), 50],
    ] as const) {
      const counts = countsOf(densities);
      const beyond = (m: number): number => sum(counts.slice(m + 1));
      // The last stratum holds all numbers from the first one that leaves at most 1e-3 beyond it.
      let last = 1;
      while (beyond(last) > 1e-3) last++;
      const weights = counts.map((p, m) => (m === last ? p + beyond(m) : p));
      const strata = Array.from({ length: last }, (_, k) => k + 1);
      const spread = sum(strata.map((m) => m * weights[m]));
      const found = rowsOf(densities, rows, 3);
      for (const m of strata) {
        const own = found.filter(({ active }) => (m === last ? active >= m : active === m));
        const expected = Math.max(4, Math.round((rows * m * weights[m]) / spread));
        expect(own).toHaveLength(expected);
        const off = own.map(({ weight }) => Math.abs(weight * expected - weights[m]));
        expect(Math.max(...off)).toBeLessThan(1e-13);
      }
    }
  });

  it('have numbers of active features in the last stratum that follow their law', () => {
    const densities = Array.from({ length: 12 }, (_, i) => 0.2 + 0.01 * i);
    const counts = countsOf(densities);
    const found = rowsOf(densities, 30_000, 5);
    const last = found.filter(({ active }) => active >= 8);
    const tail = sum(counts.slice(8));
    expect(tail).toBeGreaterThan(1e-3);
    expect(sum(counts.slice(9))).toBeLessThan(1e-3);
    expect(sum(last.map(({ weight }) => weight))).toBeCloseTo(tail, 12);
    for (const m of [8, 9, 10]) {
      const share = counts[m] / tail;
      const own = last.filter(({ active }) => active === m).length / last.length;
      // Five standard deviations.
      const error = Math.sqrt((share * (1 - share)) / last.length);
      expect(Math.abs(own - share)).toBeLessThan(5 * error);
    }
    expect(last.filter(({ active }) => active > 9).length).toBeGreaterThan(0);
  });

  it('are one stratum where at most one feature can be active by far', () => {
    const found = rowsOf([1, ...Array.from({ length: 11 }, () => 1e-9)], 40, 1);
    expect(found.length).toBe(40);
    expect(sum(found.map(({ weight }) => weight))).toBeCloseTo(1, 12);
  });
});
