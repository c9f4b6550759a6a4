import { quantile } from '@polysem/numerics/elementary';
import { childGenerator, generator, integerBelow, normal, uniform } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { auditCapacity } from '../src/audit/audit-capacity.ts';
import { predictCapacity } from '../src/audit/predict.ts';
import { midRanks } from '../src/audit/ranks.ts';
import { sum } from './fixtures.ts';

const g = generator(11);
const features = 70;
const density = Float64Array.from({ length: features }, () => 0.02 + 0.5 * uniform(g));
const importance = density.map((p) => Math.exp(normal(g) / 2) * (0.2 + p));
const kurtosis = density.map((p) => 1.8 / p + 3 * uniform(g));
const capacity = predictCapacity({ importance, kurtosis, price: 0.4 }).map((c) =>
  Math.min(1, Math.max(0, c + 0.3 * (uniform(g) - 0.5))),
);

function meanOf(list: Float64Array): number {
  return sum(list) / list.length;
}

/** Pearson's correlation by the definition. */
function correlation(x: Float64Array, y: Float64Array): number {
  const [mx, my] = [meanOf(x), meanOf(y)];
  const over = (a: Float64Array, ma: number, b: Float64Array, mb: number): number =>
    sum(a.map((value, i) => (value - ma) * (b[i] - mb)));
  return over(x, mx, y, my) / Math.sqrt(over(x, mx, x, mx) * over(y, my, y, my));
}

/** The residuals of x after a linear fit on z. */
function without(x: Float64Array, z: Float64Array): Float64Array {
  const slope = correlation(x, z) * Math.sqrt(sum(squaresOf(x)) / sum(squaresOf(z)));
  return x.map((value, i) => value - meanOf(x) - slope * (z[i] - meanOf(z)));
}

function squaresOf(x: Float64Array): Float64Array {
  const mean = meanOf(x);
  return x.map((value) => (value - mean) ** 2);
}

function rSquared(predicted: Float64Array): number {
  return 1 - sum(capacity.map((c, i) => (c - predicted[i]) ** 2)) / sum(squaresOf(capacity));
}

describe('every figure of an audit', () => {
  const audit = auditCapacity(
    { importance, kurtosis, density, capacity },
    { resamples: 40, permutations: 19, seed: 3, confidence: 0.9 },
  );

  it('relates capacity to each statistic by ranks, alone and with another one held', () => {
    const [c, v, k, p] = [capacity, importance, kurtosis, density].map((list) => midRanks(list));
    const held = (x: Float64Array, y: Float64Array, z: Float64Array): number =>
      correlation(without(x, z), without(y, z));
    const { relations } = audit;
    expect(relations.importance.value).toBeCloseTo(correlation(c, v), 12);
    expect(relations.kurtosis.alone.value).toBeCloseTo(correlation(c, k), 12);
    expect(relations.kurtosis.importanceHeld.value).toBeCloseTo(held(c, k, v), 12);
    expect(relations.density?.alone.value).toBeCloseTo(correlation(c, p), 12);
    expect(relations.density?.importanceHeld.value).toBeCloseTo(held(c, p, v), 12);
    expect(relations.densityKurtosisHeld?.value).toBeCloseTo(held(c, p, k), 12);
    expect(relations.kurtosisDensityHeld?.value).toBeCloseTo(held(c, k, p), 12);
  });

  it('compares the rule with the null predictions', () => {
    const fitted = predictCapacity({ importance, kurtosis, price: audit.fitted.price });
    expect(audit.predicted).toEqual(fitted);
    expect(audit.price.value).toBe(audit.fitted.price);
    expect(audit.goodness.rSquared.value).toBeCloseTo(rSquared(fitted), 12);
    expect(audit.goodness.pearson.value).toBeCloseTo(correlation(fitted, capacity), 12);
    expect(audit.nulls.map(({ name }) => name)).toEqual([
      'constant',
      'proportional',
      'monotone-importance',
      'monotone-density',
    ]);
    for (const { goodness, advantage, description } of audit.nulls) {
      expect(advantage.value).toBeCloseTo(audit.goodness.rSquared.value - goodness.rSquared, 12);
      expect(description).toMatch(/ /);
    }
    // Only null predictions with one parameter have an interval.
    expect(audit.nulls.map(({ advantage }) => advantage.low < advantage.high)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(audit.nulls[0].goodness.rSquared).toBeCloseTo(0, 12);
    expect(audit.nulls[0].parameters).toBe(1);
  });

  it('uses the price of the same total for the permutation test', () => {
    const atBudget = predictCapacity({
      importance,
      kurtosis,
      price: audit.budget?.price ?? NaN,
    });
    expect(sum(atBudget)).toBeCloseTo(sum(capacity), 9);
    expect(audit.measuredTotal).toBeCloseTo(sum(capacity), 12);
    expect(audit.goodnessAtBudget?.rSquared).toBeCloseTo(rSquared(atBudget), 12);
    const r = correlation(atBudget, capacity);
    expect(audit.permutation).toMatchObject({ permutations: 19, pValue: 1 / 20 });
    expect(audit.permutation?.correlation).toBeCloseTo(r, 12);
    expect(audit.permutation?.standardScore).toBeCloseTo(r * Math.sqrt(features - 1), 12);
  });

  it('lists 20 outliers, and bins of frequency and kurtosis', () => {
    expect(audit.outliers.list).toHaveLength(20);
    expect(audit.outliers.list[0].predicted).toBe(audit.predicted[audit.outliers.list[0].feature]);
    // Two bins of at least 30 features.
    const { trends } = audit;
    for (const [bins, x] of [
      [trends.density, density],
      [trends.kurtosis, kurtosis],
    ] as const) {
      expect(bins?.map(({ count }) => count)).toEqual([35, 35]);
      expect([bins?.[0].from, bins?.[1].to]).toEqual([Math.min(...x), Math.max(...x)]);
    }
    expect(audit.resampling).toEqual({ seed: 3, resamples: 40, size: features, confidence: 0.9 });
  });

  it('has no figure of frequency where frequencies are unknown', () => {
    const unknown = auditCapacity({ importance, kurtosis, capacity });
    expect(unknown.relations).toMatchObject({
      density: null,
      densityKurtosisHeld: null,
      kurtosisDensityHeld: null,
    });
    expect(unknown.relations.kurtosis.importanceHeld.value).toBe(
      audit.relations.kurtosis.importanceHeld.value,
    );
    expect(unknown.nulls).toHaveLength(3);
    expect(unknown.trends.density).toBeNull();
    expect(unknown.permutation?.permutations).toBe(999);
    expect(unknown.resampling).toEqual({ seed: 0, resamples: 1000, size: 70, confidence: 0.95 });
  });

  it('has intervals between quantiles of resamples, each with ranks and a stream of its own', () => {
    const found = Array.from({ length: 40 }, (_, b) => {
      const stream = childGenerator(childGenerator(generator(3), 0), b);
      const drawn = capacity.map(() => integerBelow(stream, features));
      const [c, v] = [capacity, importance].map((list) => midRanks(drawn.map((i) => list[i])));
      return correlation(c, v);
    });
    const sorted = Float64Array.from(found).toSorted();
    const { low, high } = audit.relations.importance;
    expect(low).toBeCloseTo(quantile(sorted, 0.05), 12);
    expect(high).toBeCloseTo(quantile(sorted, 0.95), 12);
  });

  it('leaves out resamples in which no feature demands capacity', () => {
    // Without the last feature, as in a third of the resamples, there is no price.
    const few = auditCapacity(
      { importance: [1, 2, 3, 4, 5], kurtosis: [1, 1, 1, 1, 9], capacity: [0, 0, 0, 0.1, 0.9] },
      { resamples: 200 },
    );
    expect(few.goodness.meanAbsoluteError.low).toBeLessThan(few.goodness.meanAbsoluteError.high);
  });

  it.each([
    ['resamples', { resamples: -1 }],
    ['permutations', { permutations: 1.5 }],
    ['outliers', { outliers: -2 }],
    ['confidence', { confidence: 0 }],
  ])('is refused for wrong %s', (field, options) => {
    expect(() => auditCapacity({ importance, kurtosis, capacity }, options)).toThrow(
      new RegExp(`^${field}: `),
    );
  });
});
