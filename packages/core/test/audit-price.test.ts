import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';
import { capacityAtPrice } from '../src/theory/quadratic.ts';
import { efficientEmbedding } from '../src/geometry/efficient-embedding.ts';
import { fitPrice } from '../src/audit/fit-price.ts';
import { kurtosisFromDensity } from '../src/audit/statistics.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { moments } from '../src/features/moments.ts';
import { predictCapacity } from '../src/audit/predict.ts';
import { monotoneFit } from '../src/audit/isotonic.ts';
import { ascendingOrder, midRanks } from '../src/audit/ranks.ts';
import { generator, normal, uniform } from '@polysem/numerics/random';
import { sum } from './fixtures.ts';

const anyNumber = fc.double({ noNaN: true });
const anyImportance = fc.oneof(
  fc.constant(0),
  fc.constantFrom(1, 2, 0.5),
  fc.integer({ min: -60, max: 60 }).map((e) => 10 ** (e / 10)),
);
const anyKurtosis = fc.oneof(
  fc.constantFrom(1, 1.8, 3, 6),
  fc.integer({ min: 100, max: 300 }).map((k) => k / 100),
  fc.integer({ min: 5, max: 60 }).map((e) => 3 + 10 ** (e / 10) / 10),
);
/** Evenly spaced, because doubles from fast-check cluster near 0. */
const anyCapacity = fc.integer({ min: 0, max: 1000 }).map((c) => c / 1000);
const anyFeatures = fc
  .array(fc.tuple(anyImportance, anyKurtosis, anyCapacity), {
    minLength: 1,
    maxLength: 12,
  })
  .filter((list) => list.some(([v, k]) => v > 0 && k > 1))
  .map((list) => ({
    importance: list.map(([v]) => v),
    kurtosis: list.map(([, k]) => k),
    capacity: list.map(([, , c]) => c),
  }));

function squaredError(
  features: { importance: number[]; kurtosis: number[]; capacity: number[] },
  price: number,
): number {
  return sum(
    predictCapacity({ ...features, price }).map((c, i) => (c - features.capacity[i]) ** 2),
  );
}

describe('ascendingOrder', () => {
  it('sorts any doubles as a stable comparison sort does', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 60 }), (list) => {
        const expected = list.map((_, i) => i).toSorted((i, j) => list[i] - list[j] || i - j);
        // Infinity - Infinity is NaN, so `||` falls back to the index.
        expect([...ascendingOrder(Float64Array.from(list))]).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('sorts long lists whose numbers differ only in their low bits', () => {
    const g = generator(7);
    const values = Float64Array.from({ length: 20_000 }, () => 1 + normal(g) * 1e-9);
    const order = ascendingOrder(values);
    expect([...order].map((i) => values[i])).toEqual(Array.from(values.toSorted()));
    expect(new Set(order).size).toBe(20_000);
  });

  it('gives the mid-ranks that counting gives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 20 }), (list) => {
        const counted = list.map(
          (x) => list.filter((y) => y < x).length + (list.filter((y) => y === x).length + 1) / 2,
        );
        expect([...midRanks(Float64Array.from(list))]).toEqual(counted);
      }),
    );
  });
});

describe('predictCapacity', () => {
  it('follows the rule of the theory and gives 0 without importance', () => {
    const importance = [0, 1, 2, 4, 1];
    const kurtosis = [NaN, 18, 18, 100, 2];
    const price = 8;
    const expected = importance.map((v, i) =>
      v === 0 ? 0 : capacityAtPrice(v, kurtosis[i], price),
    );
    // Equation 15 for the second feature.
    const lambda = Math.sqrt(price / 2);
    expect(expected[1]).toBeCloseTo((17 / lambda - 2) / 15, 14);
    expect([...predictCapacity({ importance, kurtosis, price })]).toEqual(expected);
    expect([...predictCapacity({ importance, kurtosis, price: Infinity })]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect([...predictCapacity({ importance, kurtosis, price: 0 })]).toEqual([0, 1, 1, 1, 1]);
  });

  it('rejects an invalid statistic, naming feature and value', () => {
    const refuses = (statistics: object, message: string) =>
      expect(() =>
        predictCapacity({ importance: [1, 1], kurtosis: 4, price: 1, ...statistics }),
      ).toThrow(message);
    refuses({ importance: [1, -1] }, 'importance: feature 1 has -1');
    refuses({ importance: [] }, 'importance: at least one');
    refuses({ kurtosis: [2, 0.5] }, 'kurtosis: feature 1 has 0.5');
    refuses({ kurtosis: [2] }, 'kurtosis: 1 values for 2 features');
    refuses({ density: [0.1, 2] }, 'density: feature 1 has 2');
    refuses({ price: -1 }, 'price: must be at least 0');
  });
});

describe('kurtosisFromDensity', () => {
  it('is Kurt[z] / p, and NaN for features that are never active', () => {
    expect([...kurtosisFromDensity([0.1, 1, 0], { shape: 'uniform' })]).toEqual([
      moments({ shape: 'uniform', density: 0.1, unitVariance: true }).kurtosis,
      moments({ shape: 'uniform', density: 1, unitVariance: true }).kurtosis,
      NaN,
    ]);
    expect(kurtosisFromDensity([0.5], { shape: 'laplace' })[0]).toBeCloseTo(12, 13);
    expect(() => kurtosisFromDensity([0.5], { shape: 'student-t', degreesOfFreedom: 4 })).toThrow(
      'must be above 4',
    );
    expect(() => kurtosisFromDensity([-0.5], { shape: 'laplace' })).toThrow(
      'density: feature 0 has -0.5',
    );
  });
});

describe('fitPrice', () => {
  it('has no larger error than any price on a fine grid or near a breakpoint', () => {
    fc.assert(
      fc.property(anyFeatures, (features) => {
        const { fitted } = fitPrice(features);
        const prices: number[] = [];
        for (let e = -10; e <= 10; e += 0.05) prices.push(2 * 10 ** (2 * e));
        features.importance.forEach((v, i) => {
          const k = features.kurtosis[i];
          for (const u of [1 / v, 2 / ((k - 1) * v), Math.SQRT2 / (v * Math.sqrt(k - 1))])
            for (const beside of [1 - 1e-9, 1, 1 + 1e-9]) prices.push(2 / (u * beside) ** 2);
        });
        const least = Math.min(
          ...prices.filter((p) => p > 0 && p < Infinity).map((p) => squaredError(features, p)),
        );
        // Next to a jump the fit is 2^-40 past it; a ramp of slope 1e2 / u is then off by 1e-10.
        expect(fitted.squaredError).toBeLessThanOrEqual(least + 1e-8);
        expect(fitted.squaredError).toBeCloseTo(squaredError(features, fitted.price), 9);
      }),
      { numRuns: 500 },
    );
  });

  it('recovers the price of a measured efficient embedding in both ways', () => {
    const g = generator(5);
    const [features, dims] = [60, 24];
    const importance = Float64Array.from({ length: features }, () => Math.exp(normal(g)));
    const kurtosis = Float64Array.from({ length: features }, () => 4 + 100 * uniform(g));
    const optimum = allocateQuadratic({ importance, kurtosis, dims });
    const w = efficientEmbedding(optimum.capacity, optimum.squaredNorm, dims);
    const { capacity } = measureCapacity(w);
    const fits = fitPrice({ importance, kurtosis, capacity });
    // Capacities measured through S are accurate to 1e-9, and demand has a slope of order 1 in the price.
    expect(fits.fitted.price / optimum.price).toBeCloseTo(1, 7);
    expect((fits.budget?.price ?? NaN) / optimum.price).toBeCloseTo(1, 7);
    expect(fits.budget?.total).toBeCloseTo(dims, 7);
    expect(fits.fitted.squaredError).toBeLessThan(1e-14);
    // A common factor of the importances changes only the price.
    const scaled = fitPrice({ importance: importance.map((v) => 7 * v), kurtosis, capacity });
    expect(scaled.fitted.price / optimum.price).toBeCloseTo(49, 5);
    expect(scaled.fitted.squaredError).toBeLessThan(1e-14);
  });

  it('finds the lower of two minima', () => {
    // Half of the features suggest lambda = 1; the other half, full at that price, suggest 0. A price in between is worst.
    const importance = [1, 1, 1, 100];
    const capacity = [0.5, 0.5, 0.5, 0];
    const { fitted } = fitPrice({ importance, kurtosis: 11, capacity });
    // (10 / lambda - 2) / 8 = 1/2 gives lambda = 10 / 6 and an error of 1 from the fourth; capacity 0 gives 3/4 in total.
    expect([fitted.price, fitted.squaredError]).toEqual([Infinity, 0.75]);
    const one = fitPrice({ importance, kurtosis: 11, capacity: [0.8, 0.8, 0.8, 0] }).fitted;
    expect(one.lambda).toBeCloseTo(10 / 8.4, 12);
    expect(one.squaredError).toBeCloseTo(1, 12);
  });

  it('matches the total, or the nearest total at a jump, or returns null', () => {
    fc.assert(
      fc.property(anyFeatures, (features) => {
        const { budget } = fitPrice(features);
        const total = sum(features.capacity);
        const able = features.importance.filter((v, i) => v > 0 && features.kurtosis[i] > 1).length;
        if (total > able) expect(budget).toBeNull();
        // A jump is one dimension per feature: at most half a dimension to the nearer side.
        else expect(Math.abs((budget?.total ?? NaN) - total)).toBeLessThanOrEqual(able / 2 + 1e-6);
        if (budget !== null && features.kurtosis.every((k) => k > 3.01))
          expect(budget.total).toBeCloseTo(total, 8);
      }),
      { numRuns: 500 },
    );
  });

  it('gives zero vectors an infinite price and rejects statistics that demand no capacity', () => {
    expect(fitPrice({ importance: [1, 2], kurtosis: 9, capacity: [0, 0] })).toMatchObject({
      fitted: { price: Infinity, total: 0, squaredError: 0 },
      budget: { price: Infinity },
    });
    // At kurtosis 2 features jump from 0 to 1, so that a sum between is matched just before or just after a jump.
    const jumping = { importance: [2, 1.5], kurtosis: 2 };
    const total = (price: number): number => sum(predictCapacity({ ...jumping, price }));
    for (const [target, nearest] of [
      [0.4, 0],
      [0.6, 1],
      [1.4, 1],
      [1.6, 2],
    ]) {
      const capacity = [Math.min(1, target), Math.max(0, target - 1)];
      const { budget } = fitPrice({ ...jumping, capacity });
      const price = budget?.price ?? NaN;
      expect([budget?.total, total(price)]).toEqual([nearest, nearest]);
      const beyond = nearest < target ? 1 - 1e-11 : 1 + 1e-11;
      expect(total(price * beyond)).toBe(nearest < target ? nearest + 1 : nearest - 1);
    }
    expect(() => fitPrice({ importance: [0, 0], kurtosis: 9, capacity: [0, 1] })).toThrow(
      'importance: no feature has an importance above 0',
    );
    expect(() => fitPrice({ importance: [1], kurtosis: 9, capacity: [1.5] })).toThrow(
      'capacity: feature 0 has 1.5',
    );
  });
});

/** Pairs of x and y with equal values of x among them. */
const anyPairs = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 6 }), fc.double({ min: 0, max: 1, noNaN: true })),
  { minLength: 1, maxLength: 12 },
);

/** The rising function of x with the least squared error to y, by the min-max formula. */
function risingByMinMax(pairs: readonly (readonly [number, number])[]): number[] {
  const levels = [...new Set(pairs.map(([a]) => a))];
  const mean = (low: number, high: number) => {
    const inside = pairs.filter(([a]) => a >= low && a <= high);
    return sum(inside.map(([, b]) => b)) / inside.length;
  };
  return pairs.map(([at]) => {
    const above = levels.filter((high) => high >= at);
    const below = levels.filter((low) => low <= at);
    return Math.max(...below.map((low) => Math.min(...above.map((high) => mean(low, high)))));
  });
}

describe('monotoneFit', () => {
  const errorOf = (pairs: readonly (readonly [number, number])[], fitted: readonly number[]) =>
    sum(pairs.map(([, b], i) => (b - fitted[i]) ** 2));

  it('matches the better of the two min-max fits, rising and falling', () => {
    fc.assert(
      fc.property(anyPairs, (pairs) => {
        const x = Float64Array.from(pairs, ([a]) => a);
        const y = Float64Array.from(pairs, ([, b]) => b);
        const rising = risingByMinMax(pairs);
        const falling = risingByMinMax(pairs.map(([a, b]) => [a, -b])).map((value) => -value);
        const [up, down] = [errorOf(pairs, rising), errorOf(pairs, falling)];
        const { fitted, direction, squaredError: error } = monotoneFit(x, y);
        expect(error).toBeCloseTo(Math.min(up, down), 12);
        // Two equal errors may differ by rounding, and then either direction is right.
        if (Math.abs(up - down) > 1e-12) expect(direction).toBe(up < down ? 'rising' : 'falling');
        const best = direction === 'rising' ? rising : falling;
        best.forEach((value, i) => expect(fitted[i]).toBeCloseTo(value, 12));
      }),
      { numRuns: 300 },
    );
  });

  it('fits a falling series as falling, with its residuals and number of levels', () => {
    const fit = monotoneFit(Float64Array.of(1, 2, 3, 4), Float64Array.of(7, 3, 5, 1));
    expect(fit).toEqual({
      fitted: Float64Array.of(7, 4, 4, 1),
      direction: 'falling',
      levels: 3,
      squaredError: 2,
    });
  });

  it('fits a constant as rising, with one level and no error', () => {
    const fit = monotoneFit(Float64Array.of(1, 2, 3), Float64Array.of(4, 4, 4));
    expect([fit.direction, fit.levels, fit.squaredError]).toEqual(['rising', 1, 0]);
  });
});
