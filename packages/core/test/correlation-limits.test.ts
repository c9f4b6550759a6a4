import { generator, integerBelow, shuffle, uniform } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { partialCorrelation, pearson } from '../src/audit/correlation.ts';
import { permutationTest } from '../src/audit/permutation-test.ts';
import { ascendingOrder, capacityRanks, midRanks } from '../src/audit/ranks.ts';

/** The double with these 64 bits. */
function doubleOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

describe('the order of numbers', () => {
  // Digits of 8 bits for short lists, of 11 for long ones.
  it.each([2, 300, 4096])('does not miss a bit of %i numbers', (count) => {
    const g = generator(count);
    for (let bit = 0n; bit < 64n; bit++) {
      // About 1, and with a bit set or not; all ones in the exponent would be infinite or NaN.
      const base = bit === 62n ? 0x0010000000000123n : 0x3f50000000000123n;
      const low = doubleOf(base & ~(1n << bit));
      const high = doubleOf(base | (1n << bit));
      expect(low).not.toBe(high);
      const values = Float64Array.from({ length: count }, () =>
        integerBelow(g, 2) === 0 ? low : high,
      );
      values[0] = Math.max(low, high);
      values[count - 1] = Math.min(low, high);
      const isLeast = (i: number): boolean => values[i] === values[count - 1];
      const all = Array.from(values.keys());
      const expected = [...all.filter(isLeast), ...all.filter((i) => !isLeast(i))];
      const order = ascendingOrder(values);
      expect(
        order.every((i, at) => i === expected[at]),
        `bit ${bit}`,
      ).toBe(true);
    }
  });

  it('gives equal numbers the mean of their ranks, in lists of any length', () => {
    for (const count of [1, 2, 5000]) {
      const g = generator(count);
      const values = Float64Array.from({ length: count }, () => integerBelow(g, 7) - 3);
      const ranks = midRanks(values);
      const number = new Map<number, number>();
      for (const x of values) number.set(x, (number.get(x) ?? 0) + 1);
      values.forEach((x, i) => {
        let below = 0;
        for (const [other, many] of number) if (other < x) below += many;
        if (i % 97 === 0) expect(ranks[i]).toBe(below + ((number.get(x) ?? 0) + 1) / 2);
      });
    }
  });

  it('counts capacities within 2^-30 of each other as equal', () => {
    const step = 2 ** -30;
    expect([...capacityRanks(Float64Array.of(0, 0.49 * step))]).toEqual([1.5, 1.5]);
    expect([...capacityRanks(Float64Array.of(0, 0.51 * step))]).toEqual([1, 2]);
    expect([...capacityRanks(Float64Array.of(0.75, 0.75 - 0.51 * step))]).toEqual([2, 1]);
  });
});

describe('a correlation', () => {
  it('needs deviations above 2^-50 of the mean', () => {
    const at = (deviation: number): number =>
      pearson(Float64Array.of(1 + deviation, 1 - deviation), Float64Array.of(3, 1));
    expect(at(2 ** -50)).toBeNaN();
    expect(at(5 * 2 ** -52)).toBeCloseTo(1, 14);
    const other = (deviation: number): number =>
      pearson(Float64Array.of(3, 1), Float64Array.of(1 - deviation, 1 + deviation));
    expect(other(2 ** -50)).toBeNaN();
    expect(other(5 * 2 ** -52)).toBeCloseTo(-1, 14);
    // Whatever the unit of either list.
    for (const unit of [2 ** -30, 2 ** 30]) {
      for (const [deviation, isKnown] of [
        [2 ** -50, false],
        [5 * 2 ** -52, true],
      ] as const) {
        const list = Float64Array.of(unit * (1 + deviation), unit * (1 - deviation));
        expect(Number.isNaN(pearson(list, Float64Array.of(3, 1)))).toBe(!isKnown);
        expect(Number.isNaN(pearson(Float64Array.of(3, 1), list))).toBe(!isKnown);
      }
    }
  });

  it('of proportional lists is 1 or -1 to rounding, and never beyond', () => {
    for (let seed = 0; seed < 100; seed++) {
      const g = generator(seed);
      const x = Float64Array.from({ length: 7 }, () => uniform(g));
      for (const sign of [1, -1]) {
        const r = pearson(
          x,
          x.map((value) => sign * 0.3 * value),
        );
        expect(Math.abs(r)).toBeLessThanOrEqual(1);
        expect(r).toBeCloseTo(sign, 12);
      }
    }
  });

  it('given a third list needs a billionth of the variance besides it', () => {
    const along = (left: number): number => Math.sqrt(1 - left);
    for (const [of, isKnown] of [
      [0.99e-9, false],
      [1.01e-9, true],
    ] as const) {
      expect(Number.isNaN(partialCorrelation(0, along(of), 0))).toBe(!isKnown);
      expect(Number.isNaN(partialCorrelation(0, 0, along(of)))).toBe(!isKnown);
    }
    // (0.5 - 0.6 0.8) / (0.8 0.6).
    expect(partialCorrelation(0.5, 0.6, 0.8)).toBeCloseTo(0.02 / 0.48, 14);
    expect(partialCorrelation(1, 0.6, 0.8)).toBe(1);
    expect(partialCorrelation(-1, 0.6, 0.8)).toBe(-1);
  });
});

describe('the permutation test', () => {
  it('counts sums of products within 1e-12 of the observed one as equal', () => {
    for (const [difference, isEqual] of [
      [0.8, true],
      [1.25, false],
    ] as const) {
      // The sums are m1 + m2 / 2 of the observed order, 3/2 here: with m1 and m2 exchanged less by half of their difference.
      const measured = Float64Array.of(1e4, 1 + 3e-12 * difference, 1);
      // An offset changes no comparison.
      const predicted = Float64Array.of(1024, 1025, 1024.5);
      const found = permutationTest(generator(5), predicted, measured, 200);
      const stream = generator(5);
      const dealt = measured.slice();
      let asLarge = 0;
      for (let round = 0; round < 200; round++) {
        shuffle(stream, dealt);
        const isExchanged = dealt[0] === measured[0] && dealt[1] === measured[2];
        if (!isExchanged || isEqual) asLarge++;
      }
      expect(found?.pValue).toBe((1 + asLarge) / 201);
    }
  });

  it('is not possible for a constant list', () => {
    const [one, other] = [Float64Array.of(2, 2, 2), Float64Array.of(1, 2, 3)];
    expect(permutationTest(generator(1), one, other, 9)).toBeNull();
    expect(permutationTest(generator(1), other, one, 9)).toBeNull();
  });

  it('counts sums of zero as equal', () => {
    // No product is positive, and none is less than the observed zero.
    const found = permutationTest(generator(1), Float64Array.of(0, 1), Float64Array.of(1, 0), 50);
    expect(found?.correlation).toBeCloseTo(-1, 14);
    expect(found?.pValue).toBe(1);
  });
});
