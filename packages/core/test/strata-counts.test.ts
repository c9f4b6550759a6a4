import { childGenerator, generator, quasiPoints } from '@polysem/numerics/random';
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

  it('have no fewer active features than are always active', () => {
    const found = rowsOf([1, 1, 1, ...Array.from({ length: 9 }, () => 0.1)], 200, 1);
    expect(Math.min(...found.map(({ active }) => active))).toBe(3);
    expect(Math.min(...found.map(({ weight }) => weight))).toBeGreaterThan(0);
    expect(sum(found.map(({ weight }) => weight))).toBeCloseTo(1, 12);
  });

  it('are one stratum where at most one feature can be active by far', () => {
    const found = rowsOf([1, ...Array.from({ length: 11 }, () => 1e-9)], 40, 1);
    expect(found.length).toBe(40);
    expect(sum(found.map(({ weight }) => weight))).toBeCloseTo(1, 12);
  });
});

describe('rows of at most ten features', () => {
  /** Rows and weight of each active set. */
  function setsOf(densities: readonly number[], options: { rows: number; leastRows?: number }) {
    const batch = stratify(generator(2), inputsOf(densities), densities.length, options);
    const found = new Map<string, { rows: number; weight: number; values: number[] }>();
    batch.weights.forEach((weight, row) => {
      const set = batch.indices.subarray(batch.rowStarts[row], batch.rowStarts[row + 1]).join();
      const before = found.get(set) ?? { rows: 0, weight: 0, values: [] };
      const values = batch.values.subarray(batch.rowStarts[row], batch.rowStarts[row + 1]);
      found.set(set, {
        rows: before.rows + 1,
        weight: before.weight + weight,
        values: [...before.values, ...values],
      });
    });
    return found;
  }

  it.each<[number[], { rows: number; leastRows?: number }]>([
    [[0.5, 0.3, 0.2, 0.01], { rows: 4000, leastRows: 5 }],
    [[0.5, 0.3, 0.2, 0.01], { rows: 300 }],
    [[0.4, 1e-4, 1e-5, 1e-3, 0.7], { rows: 5000, leastRows: 2 }],
    [[0.6, 1], { rows: 100 }],
    // The second feature alone holds 0.6e-7 of everything, both together 1.2e-7.
    [[0.5, 0.6e-7], { rows: 100, leastRows: 2 }],
  ])('belong to each active set in proportion to (p m)^(2/3): %j, %j', (densities, options) => {
    const { rows, leastRows = 32 } = options;
    const sets = Array.from({ length: 2 ** densities.length }, (_, bits) => {
      const isIn = (i: number): boolean => ((bits >> i) & 1) === 1;
      const p = densities.reduce((product, q, i) => product * (isIn(i) ? q : 1 - q), 1);
      return { set: densities.flatMap((_q, i) => (isIn(i) ? [i] : [])), p };
    }).filter(({ set, p }) => set.length > 0 && p > 0);
    const need = ({ p, set }: (typeof sets)[number]): number => (p * set.length) ** (2 / 3);
    const needs = sum(sets.map(need));
    const spread = sum(sets.map(({ p, set }) => p * set.length));
    const found = setsOf(densities, options);
    expect(found.size).toBe(sets.length);
    for (const one of sets) {
      const own = found.get(one.set.join());
      // Sets that hold less than 1e-7 of everything have one row.
      const isRare = one.p * one.set.length < 1e-7 * spread;
      const expected = isRare ? 1 : Math.max(leastRows, Math.round((rows * need(one)) / needs));
      expect(own?.rows).toBe(expected);
      expect(own?.weight ?? NaN).toBeCloseTo(one.p, 12);
      // Values that are uniform in [0, 1) are the points of the stream whose number has a bit for each feature.
      const number = sum(one.set.map((i) => 2 ** i));
      const points = quasiPoints(childGenerator(generator(2), number), one.set.length, expected);
      expect(own?.values).toEqual([...points]);
    }
  });
});
