import { generator, uniform } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { medianInterval, trendOf } from '../src/audit/trend.ts';

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// Few different x, so that many features share one; others are not on a log axis.
it.each([2, 7, 30, 1000])(
  'bins of a trend with %i different x hold each feature once, in order',
  (different) => {
    for (let seed = 0; seed < 12; seed++) {
      const g = generator(seed);
      const count = 20 + Math.floor(400 * uniform(g));
      const list = () => Float64Array.from({ length: count }, () => uniform(g));
      // Most features at few x: powers of a number below 1 are uneven.
      const x = list().map((u) => Math.ceil(different * u ** 3));
      const [measured, predicted] = [list(), list()];
      [0, -1, NaN, Infinity, -Infinity].forEach((wrong, k) => (x[(7 * k) % count] = wrong));
      const shown = Array.from(x.keys()).filter((i) => x[i] > 0 && x[i] < Infinity);
      const most = Math.max(1, Math.min(6, Math.floor(shown.length / 30)));
      const bins = trendOf(x, measured, predicted, 0.9, 6);
      expect(bins.length).toBeGreaterThan(0);
      expect(bins.length).toBeLessThanOrEqual(most);
      let total = 0;
      bins.forEach((bin, b) => {
        if (b > 0) expect(bin.from).toBeGreaterThan(bins[b - 1].to);
        const members = shown.filter((i) => x[i] >= bin.from && x[i] <= bin.to);
        const of = (values: Float64Array) => members.map((i) => values[i]);
        const { low, high } = medianInterval(Float64Array.from(of(measured)), 0.9);
        expect(bin).toEqual({
          from: Math.min(...of(x)),
          to: Math.max(...of(x)),
          centre: median(of(x)),
          count: members.length,
          median: median(of(measured)),
          low,
          high,
          predicted: median(of(predicted)),
        });
        total += members.length;
        // A bin ends at the first end of a share of all features, or with the last feature of the same x.
        const share = Math.round(((b + 1) * shown.length) / most);
        const last = shown.filter((i) => x[i] === bin.to).length;
        expect(total).toBeGreaterThanOrEqual(share);
        expect(total - last).toBeLessThan(Math.max(share, total - members.length + 1));
      });
      expect(total).toBe(shown.length);
    }
  },
);

it('has no bins without an x above 0', () => {
  const none = Float64Array.of(0, -1, NaN, Infinity);
  expect(trendOf(none, none, none, 0.9)).toEqual([]);
});
