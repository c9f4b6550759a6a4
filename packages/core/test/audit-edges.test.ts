import { generator } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { bootstrap } from '../src/audit/bootstrap.ts';
import { fitPrice } from '../src/audit/fit-price.ts';
import { kurtosisFromDensity } from '../src/audit/statistics.ts';
import { fitRamps } from '../src/audit/ramp-fit.ts';

it('the interval of one resample is its value, and without resamples there is none', () => {
  const of = (resamples: number) =>
    bootstrap(generator(1), 3, () => [5], [7], { resamples, confidence: 0.9 });
  expect(of(1)).toEqual([{ value: 7, low: 5, high: 5 }]);
  expect(of(0)).toEqual([{ value: 7, low: NaN, high: NaN }]);
});

describe('the price of a total capacity', () => {
  it('is that of the end of a ramp where the total is reached there', () => {
    // Marginal benefit 2 v^2 of a whole dimension: 2 of the first feature, 32 of the second.
    const statistics = { importance: [1, 4], kurtosis: 9 };
    const whole = fitPrice({ ...statistics, capacity: [1, 1] }).budget;
    expect(whole?.price).toBeCloseTo(2, 14);
    expect([whole?.total, whole?.squaredError]).toEqual([2, 0]);
    expect(fitPrice({ ...statistics, capacity: [0, 0] }).budget).toMatchObject({
      price: Infinity,
      lambda: Infinity,
      total: 0,
    });
  });

  it.each([
    [0.75, 1],
    [0.5, 0],
    [0.25, 0],
  ])('is on the nearer side of a jump, just beside it: of %d it is %i', (capacity, total) => {
    // A feature of kurtosis 2 jumps at the price v^2.
    const { budget } = fitPrice({ importance: [3], kurtosis: 2, capacity: [capacity] });
    expect(budget?.total).toBe(total);
    // 2^-40 in 1 / lambda.
    const beside = total === 1 ? 1 - 2 ** -39 : 1 + 2 ** -39;
    expect((budget?.price ?? NaN) / 9).toBeCloseTo(beside, 15);
  });

  it('does not exist above the number of features that may take any', () => {
    const of = (capacity: readonly number[]) =>
      fitPrice({ importance: [1, 1, 0], kurtosis: 9, capacity }).budget;
    expect(of([1, 0.5, 0.51])).toBeNull();
    expect(of([1, 0.5, 0.5])?.total).toBe(2);
  });
});

describe('the best parameter of ramps and steps', () => {
  const steps = (...place: number[]) => ({
    feature: Int32Array.from(place.keys()),
    place: Float64Array.from(place),
  });
  const none = new Float64Array(0);
  const noRamps = { feature: new Int32Array(0), start: none, end: none, slope: none };

  it('is the first of equally good ones', () => {
    // Half a dimension is as far from 0 as from 1.
    expect(fitRamps({ ramps: noRamps, steps: steps(1) }, Float64Array.of(0.5))).toEqual({
      u: 0,
      squaredError: 0.25,
    });
    const { u } = fitRamps({ ramps: noRamps, steps: steps(1, 4, 9) }, Float64Array.of(1, 0.5, 0.5));
    expect(u).toBeCloseTo(2, 9);
  });

  it('counts a ramp that jumps once, also the first of them', () => {
    // The jump costs 0.6, and the step behind it gains 0.8; five steps before it neither cost nor gain.
    const ramps = {
      feature: Int32Array.of(6),
      start: Float64Array.of(1),
      end: Float64Array.of(1),
      slope: Float64Array.of(0),
    };
    const found = fitRamps(
      { ramps, steps: steps(0.1, 0.2, 0.3, 0.4, 0.5, 2) },
      Float64Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.9, 0.2),
    );
    expect(found.u).toBeGreaterThan(2);
    expect(found.squaredError).toBeCloseTo(5 * 0.25 + 0.01 + 0.64, 12);
  });

  it('compares sums that begin again after a factor of 16 with those before it', () => {
    // Passing 2 costs three times 0.49 - 0.09 and gains 1; all other steps neither cost nor gain.
    const places = [0.5, 2, 2, 2, 2, 40, 41, 42, 43, 44, 45, 46];
    const measured = places.map((place, s) => (place !== 2 ? 0.5 : s === 1 ? 1 : 0.3));
    const found = fitRamps(
      { ramps: noRamps, steps: steps(...places) },
      Float64Array.from(measured),
    );
    expect(found.u).toBeLessThanOrEqual(2);
    expect(found.squaredError).toBeCloseTo(8 * 0.25 + 3 * 0.09 + 1, 12);
  });
});

it('the kurtosis of a density is that of a distribution that exists', () => {
  const of = (distribution: object) => () =>
    kurtosisFromDensity([0.5], distribution as { shape: 'gaussian' });
  expect(of({ shape: 'normal' })).toThrow('shape: unknown distribution "normal"');
  expect(of({ shape: 'gaussian', degreesOfFreedom: 7 })).toThrow(
    'degreesOfFreedom: belongs to student-t, got 7 for gaussian',
  );
});
