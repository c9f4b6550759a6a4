import { expect, it } from 'vitest';
import { outliersOf } from '../src/audit/outliers.ts';
import { capacityRanks } from '../src/audit/ranks.ts';
import { trendOf } from '../src/audit/trend.ts';

// Measured capacities are accurate to about 1e-9.
it('gives capacities that differ only by rounding the same rank', () => {
  expect([...capacityRanks(Float64Array.of(0.7, 0.5, 0.5 + 1e-10, 0.5 + 1e-8, 0, 1e-10))]).toEqual([
    6, 3.5, 3.5, 5, 1.5, 1.5,
  ]);
});

it('lists no residual at the level of rounding as an outlier', () => {
  const predicted = Float64Array.of(0.5, 0.5, 0.5, 0.5);
  const measured = Float64Array.of(0.5, 0.5 + 1e-10, 0.5 - 1e-8, 0.5);
  const { list, beyondFive, spread } = outliersOf(predicted, measured, 4);
  expect(list.map(({ feature }) => feature)).toEqual([2]);
  expect(beyondFive).toBe(1);
  expect(spread).toBeLessThan(1e-9);
  expect(outliersOf(predicted, measured, 0).list).toEqual([]);
});

it('counts residuals beyond five robust deviations', () => {
  // Residuals -1, 0, 1 and one more, in hundredths: median 0 or 0.5, median distance 1 or 0.5.
  const zero = new Float64Array(7);
  const of = (last: number): number =>
    outliersOf(zero, Float64Array.of(-0.01, 0, 0.01, -0.01, 0, 0.01, last), 7).beyondFive;
  const five = 5 * 1.4826 * 0.01;
  expect([of(five * 0.999), of(five * 1.001), of(-five * 0.999), of(-five * 1.001)]).toEqual([
    0, 1, 0, 1,
  ]);
  // Exactly five are not beyond.
  expect(of(5 * (1.4826 * 0.01))).toBe(0);
});

it('lists the farthest features first, of equally far ones the first', () => {
  const measured = Float64Array.of(0.5, 0.25, 0.125, 0.5, 0, 0.25, 0.5);
  const predicted = Float64Array.of(0.25, 0.25, 0.25, 0.75, 0.75, 0.5, 0.5);
  const residuals = [0.25, 0, -0.125, -0.25, -0.75, -0.25, 0];
  // Features 1 and 6 are as predicted.
  const order = [4, 0, 3, 5, 2];
  for (let most = 0; most <= 9; most++) {
    const { list, spread } = outliersOf(predicted, measured, most);
    expect(list.map(({ feature }) => feature)).toEqual(order.slice(0, most));
    // The median residual is -1/8, from which all but one are at most 3/8 away: 1/8 in the middle.
    expect(spread).toBe(1.4826 * 0.125);
    for (const { feature, residual, score, ...rest } of list) {
      expect(residual).toBe(residuals[feature]);
      expect(score).toBeCloseTo(Math.abs(residual) / spread, 14);
      expect(rest).toEqual({ measured: measured[feature], predicted: predicted[feature] });
    }
  }
});

it('shows a trend in bins of at least 30 features, at most 20 of them', () => {
  const binsOf = (count: number): number[] => {
    const x = Float64Array.from({ length: count }, (_, i) => i + 1);
    return trendOf(x, x, x, 0.95).map((bin) => bin.count);
  };
  expect(binsOf(1)).toEqual([1]);
  expect(binsOf(59)).toEqual([59]);
  expect(binsOf(60)).toEqual([30, 30]);
  expect(binsOf(3000)).toEqual(Array.from({ length: 20 }, () => 150));
  expect(binsOf(0)).toEqual([]);
});
