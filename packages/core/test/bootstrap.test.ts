import { describe, expect, it } from 'vitest';
import { bootstrap } from '../src/audit/bootstrap.ts';
import { generator } from '@polysem/numerics/random';

const options = { resamples: 20, confidence: 0.9 };

/** The interval of a figure that is 0, 1, 2, .. on successive resamples, and NaN on the first ones. */
function intervalWithUndefined(undefinedFirst: number, features = 4) {
  let resample = 0;
  const figures = () => {
    const value = resample++;
    return [value < undefinedFirst ? NaN : value];
  };
  return bootstrap(generator(1), features, figures, [10], options)[0];
}

describe('bootstrap', () => {
  it('leaves out the resamples in which a figure is undefined, up to half of them', () => {
    // The 5th and the 95th percentile of 2 to 19, and of 10 to 19.
    expect(intervalWithUndefined(2).low).toBeCloseTo(2.85, 12);
    expect(intervalWithUndefined(2).high).toBeCloseTo(18.15, 12);
    expect(intervalWithUndefined(10).low).toBeCloseTo(10.45, 12);
    expect(intervalWithUndefined(10).high).toBeCloseTo(18.55, 12);
  });

  it('gives no interval if a figure is undefined in more than half of the resamples', () => {
    for (const count of [11, 12, 20])
      expect(intervalWithUndefined(count)).toEqual({ value: 10, low: NaN, high: NaN });
  });

  it('gives no interval for a figure that is undefined over all features', () => {
    const [estimate] = bootstrap(generator(1), 4, () => [1], [NaN], options);
    expect(estimate).toEqual({ value: NaN, low: NaN, high: NaN });
  });

  it('draws at most 2048 features and shrinks the interval by the square root of the ratio', () => {
    const sizes = new Set<number>();
    const drawn: number[] = [];
    let resample = 0;
    const figures = (features: Int32Array) => {
      sizes.add(features.length);
      drawn.push(...features);
      return [resample++];
    };
    const [{ low, high }] = bootstrap(generator(1), 4 * 2048, figures, [10], options);
    expect([...sizes]).toEqual([2048]);
    // Half of the way from 10 to the percentiles 0.95 and 18.05 of 0 to 19.
    expect(low).toBeCloseTo(10 + (0.95 - 10) / 2, 12);
    expect(high).toBeCloseTo(10 + (18.05 - 10) / 2, 12);
    expect(drawn.every((feature) => feature >= 0 && feature < 4 * 2048)).toBe(true);
    // 40,960 draws of 8,192 features leave out about exp(-5) = 0.67 % of them.
    expect(new Set(drawn).size / 8192).toBeCloseTo(1 - Math.exp(-5), 2);
  });

  it('reports the fraction done after each resample', () => {
    const seen: number[] = [];
    const onProgress = (done: number) => void seen.push(done);
    bootstrap(generator(1), 2, () => [1], [1], { resamples: 4, confidence: 0.9, onProgress });
    expect(seen).toEqual([0.25, 0.5, 0.75, 1]);
  });
});
