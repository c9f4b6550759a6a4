import { generator, integerBelow, permutation, shuffle, uniform } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { permutationTest } from '../src/audit/permutation-test.ts';
import { sum } from './fixtures.ts';

/** Pearson's correlation by the definition. */
function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = [x, y].map((list) => {
    const values = Array.from(list);
    const mean = sum(values) / values.length;
    return values.map((value) => value - mean);
  });
  const over = (p: readonly number[], q: readonly number[]): number =>
    sum(p.map((value, i) => value * q[i]));
  return over(a, b) / Math.sqrt(over(a, a) * over(b, b));
}

const PERMUTATIONS = 99;

it('counts permutations whose correlation is at least as large, equal ones too', () => {
  for (let seed = 0; seed < 60; seed++) {
    const g = generator(seed);
    const count = 5 + (seed % 9);
    // Few different numbers, so that many permutations have the same correlation.
    const list = (): Float64Array =>
      Float64Array.from({ length: count }, () => 0.1 + Math.floor(3 * uniform(g)) / 10);
    const [predicted, measured] = [list(), list()];
    const found = permutationTest(generator(100 + seed), predicted, measured, PERMUTATIONS);
    const r = correlation(predicted, measured);
    if (Number.isNaN(r)) continue;
    const stream = generator(100 + seed);
    const dealt = measured.slice();
    let asLarge = 0;
    for (let round = 0; round < PERMUTATIONS; round++) {
      shuffle(stream, dealt);
      if (correlation(predicted, dealt) >= r - 1e-9) asLarge++;
    }
    expect(found?.correlation).toBeCloseTo(r, 12);
    expect(found?.pValue).toBeCloseTo((1 + asLarge) / (1 + PERMUTATIONS), 12);
    expect(found?.standardScore).toBeCloseTo(r * Math.sqrt(count - 1), 11);
  }
});

it('shifts one random order cyclically where permutations would take long', () => {
  for (let seed = 0; seed < 40; seed++) {
    const g = generator(seed);
    const count = 5 + (seed % 9);
    const list = (): Float64Array => Float64Array.from({ length: count }, () => uniform(g));
    const [predicted, measured] = [list(), list()];
    const exchanges = count * PERMUTATIONS;
    const run = (most: number) =>
      permutationTest(generator(seed), predicted, measured, PERMUTATIONS, most);
    const stream = generator(seed);
    const order = permutation(stream, count);
    const [left, right] = [predicted, measured].map((values) => [...order].map((i) => values[i]));
    const r = correlation(predicted, measured);
    let asLarge = 0;
    for (let round = 0; round < PERMUTATIONS; round++) {
      const shift = integerBelow(stream, count);
      const turned = [...right.slice(shift), ...right.slice(0, shift)];
      if (correlation(left, turned) >= r - 1e-9) asLarge++;
    }
    expect(run(exchanges - 1)?.pValue).toBeCloseTo((1 + asLarge) / (1 + PERMUTATIONS), 12);
    // As many exchanges as are allowed are made.
    expect(run(exchanges)).toEqual(
      permutationTest(generator(seed), predicted, measured, PERMUTATIONS),
    );
  }
});
