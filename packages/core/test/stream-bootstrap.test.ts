import { describe, expect, it, vi } from 'vitest';
import { bootstrapSummary, type Interval } from '../src/streaming/bootstrap-summary.ts';
import { generator, integerBelow, childGenerator, uniform } from '@polysem/numerics/random';
import { sum } from './fixtures.ts';

/** A fresh copy of `bootstrapSummary` that counts the numbers it draws from fast streams. */
async function countedBootstrap() {
  const draws = { words: 0, normals: 0 };
  vi.resetModules();
  vi.doMock(import('../../numerics/src/random/fast-normal.ts'), async (load) => {
    const { fastWord, fillFastNormal, ...others } = await load();
    return {
      ...others,
      fastWord: (stream) => {
        draws.words++;
        return fastWord(stream);
      },
      fillFastNormal: (stream, out, from, to, factor) => {
        draws.normals += to - from;
        return fillFastNormal(stream, out, from, to, factor);
      },
    };
  });
  const { bootstrapSummary: counted } = await import('../src/streaming/bootstrap-summary.ts');
  vi.doUnmock('../../numerics/src/random/fast-normal.ts');
  return { counted, draws };
}

/** Numbers of a skewed distribution in (0, 1), of mean 1 / 4 and median 1 / 8. */
function skewed(count: number, seed: number): Float64Array {
  const g = generator(seed);
  return Float64Array.from({ length: count }, () => uniform(g)).map((u) => u * u * u);
}

/** Percentile intervals of ordinary resampling, which draws every value. */
function byDrawing(
  values: Float64Array,
  resamples: number,
  of: (v: Float64Array) => number,
): number[] {
  const g = childGenerator(generator(99), 0);
  const draws = Array.from({ length: resamples }, () =>
    of(values.map(() => values[integerBelow(g, values.length)])),
  ).toSorted((a, b) => a - b);
  return [draws[Math.floor(0.025 * resamples)], draws[Math.floor(0.975 * resamples)]];
}

describe('bootstrapSummary', () => {
  it.each([51, 200, 6000])('has the stated coverage for mean and median of %d values', (count) => {
    const runs = count > 4096 ? 100 : 200;
    let mean = 0;
    let median = 0;
    for (let run = 0; run < runs; run++) {
      const resamples = count > 4096 ? 100 : 300;
      const s = bootstrapSummary(skewed(count, run), { seed: run, level: 0.9, resamples });
      const covers = ({ low, high }: Interval, truth: number) =>
        low <= truth && truth <= high ? 1 : 0;
      mean += covers(s.mean, 1 / 4);
      median += covers(s.median, 1 / 8);
    }
    // Four standard errors of the count, and the shortfall of percentile intervals from few skewed
    // values and few resamples.
    const least = 0.9 - 4 * Math.sqrt(0.09 / runs) - 1 / Math.sqrt(count) / 4;
    expect(mean / runs).toBeGreaterThan(least);
    expect(median / runs).toBeGreaterThan(least);
    expect(mean / runs).toBeLessThan(0.99);
    expect(median / runs).toBeLessThan(0.99);
  });

  it('agrees with ordinary resampling, also where values are grouped', () => {
    // Five values that outweigh all others, so it matters how often each is drawn.
    const values = skewed(5000, 7).map((x, i) => (i < 5 ? 200 : x));
    const s = bootstrapSummary(values, { seed: 8, resamples: 2000 });
    const medianOf = (v: Float64Array) => {
      const sorted = v.toSorted();
      return (sorted[2499] + sorted[2500]) / 2;
    };
    const expected = byDrawing(values, 600, (v) => sum(v) / v.length);
    // The standard error of these quantiles is 3 to 8 % of the interval for 300 to 2000 resamples.
    const width = expected[1] - expected[0];
    expect(Math.abs(s.mean.low - expected[0])).toBeLessThan(0.3 * width);
    expect(Math.abs(s.mean.high - expected[1])).toBeLessThan(0.3 * width);
    const middle = byDrawing(values, 300, medianOf);
    expect(Math.abs(s.median.low - middle[0])).toBeLessThan(0.3 * (middle[1] - middle[0]));
    expect(Math.abs(s.median.high - middle[1])).toBeLessThan(0.3 * (middle[1] - middle[0]));
  });

  it('has the medians of resamples of three values, which are known', () => {
    // The median of three draws is the least value with probability 7 / 27, and the largest likewise: beyond a quarter.
    const { median } = bootstrapSummary(Float64Array.of(1, 2, 4), {
      seed: 3,
      resamples: 20_000,
      level: 0.5,
    });
    expect(median).toEqual({ estimate: 2, low: 1, high: 4 });
  });

  it('gives the estimates of the list, scales the total, and repeats its results for a seed', () => {
    const values = skewed(1000, 3);
    const s = bootstrapSummary(values, { seed: 1 });
    expect(s.mean.estimate).toBeCloseTo(sum(values) / 1000, 12);
    expect(s.total.low).toBe(s.mean.low * 1000);
    expect(s.median.low).toBeLessThan(s.median.estimate);
    expect(bootstrapSummary(values, { seed: 1 })).toEqual(s);
    expect(bootstrapSummary(values, { seed: 2 })).not.toEqual(s);
    const same = bootstrapSummary(new Float64Array(20_000).fill(0.5), { seed: 1, resamples: 50 });
    expect([same.mean.low, same.mean.high]).toEqual([
      expect.closeTo(0.5, 12),
      expect.closeTo(0.5, 12),
    ]);
    expect(bootstrapSummary(Float64Array.of(3), { seed: 1 }).median).toEqual({
      estimate: 3,
      low: 3,
      high: 3,
    });
  });

  it('draws each of the 512 largest values as a whole, and no others', () => {
    // The mean of one resample if the `ones` largest of 5000 values are 1 and the others 0.
    const mean = (ones: number): number => {
      const values = new Float64Array(5000).fill(1, 5000 - ones);
      return bootstrapSummary(values, { resamples: 1, seed: 4 }).mean.low;
    };
    // Differences are counts over the sum of all weights, which is about 5000: within 500 by far.
    const counts = [508, 509, 510, 511].map((ones) => (mean(ones + 1) - mean(ones)) * 5000);
    const one = Math.min(...counts.filter((count) => count > 1e-9));
    for (const count of counts) expect(count / one).toBeCloseTo(Math.round(count / one), 9);
    const next = ((mean(513) - mean(512)) * 5000) / one;
    expect(Math.abs(next - Math.round(next))).toBeGreaterThan(1e-6);
  });

  it.each(['largest', 'smallest'])('counts each of the %s values once on average', (end) => {
    // The mean of one resample if the `ones` extreme values of 5000 are 1 or -1 and the others 0.
    const mean = (ones: number, seed: number): number => {
      const values = new Float64Array(5000);
      if (end === 'largest') values.fill(1, 5000 - ones);
      else values.fill(-1, 0, ones);
      return bootstrapSummary(values, { resamples: 1, seed }).mean.low;
    };
    const seeds = 100;
    // The last that is drawn as a whole, and the first of a group of 64.
    for (const ones of [511, 512]) {
      let count = 0;
      for (let seed = 0; seed < seeds; seed++)
        count += Math.abs(mean(ones + 1, seed) - mean(ones, seed)) * 5000;
      // Poisson(1): six standard errors.
      expect(Math.abs(count / seeds - 1)).toBeLessThan(6 / Math.sqrt(seeds));
    }
  });

  it('draws no more numbers for a million values than for a tenth of them', async () => {
    const { counted, draws } = await countedBootstrap();
    // Per resample: a word for each of 1024 individual values, a normal for each of 1024 groups,
    // and one for the variation within groups.
    const expected = { words: 1000 * 1024, normals: 1000 * 1025 };
    counted(skewed(100_000, 4), { seed: 1 });
    expect(draws).toEqual(expected);
    Object.assign(draws, { words: 0, normals: 0 });
    const s = counted(skewed(1_000_000, 4), { seed: 1 });
    expect(draws).toEqual(expected);
    // 2 x 1.96 standard errors: sqrt(1/7 - 1/16) / 1000.
    expect(s.mean.high - s.mean.low).toBeCloseTo(3.92e-3 * Math.sqrt(1 / 7 - 1 / 16), 3);
  });

  it('interpolates between the resampled figures', () => {
    const within = (level: number): Interval =>
      bootstrapSummary(Float64Array.of(1, 4, 9, 16, 25, 36), { seed: 3, level, resamples: 5 }).mean;
    // The five means are quantiles 0, 1/4, 1/2, 3/4 and 1.
    const [all, half, one] = [within(1 - 2 ** -52), within(0.5), within(2 ** -52)];
    expect(one.low).toBeCloseTo(one.high, 12);
    const means = [all.low, half.low, one.low, half.high, all.high];
    expect(new Set(means).size).toBe(5);
    expect(means).toEqual(means.toSorted((a, b) => a - b));
    const quantile = (p: number): number => {
      const k = Math.min(3, Math.floor(4 * p));
      return means[k] + (4 * p - k) * (means[k + 1] - means[k]);
    };
    for (const level of [0.1, 0.3, 0.6, 0.75, 0.9]) {
      const { low, high } = within(level);
      expect(low).toBeCloseTo(quantile((1 - level) / 2), 9);
      expect(high).toBeCloseTo(quantile((1 + level) / 2), 9);
    }
  });

  it('rejects an empty list, and levels and resamples out of range', () => {
    const values = Float64Array.of(1, 2);
    expect(() => bootstrapSummary(new Float64Array(0), { seed: 1 })).toThrow(
      'values: at least one value',
    );
    expect(() => bootstrapSummary(values, { seed: 1, level: 1 })).toThrow(
      'level: must lie in (0, 1)',
    );
    expect(() => bootstrapSummary(values, { seed: 1, resamples: 0 })).toThrow(
      'resamples: must be a positive integer',
    );
  });
});
