import { describe, expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';
import { auditCapacity } from '../src/audit/audit-capacity.ts';
import { efficientEmbedding } from '../src/geometry/efficient-embedding.ts';
import { limitsOf, type AuditContext } from '../src/audit/limits.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { predictCapacity } from '../src/audit/predict.ts';
import { train, trainingDefaults } from '@polysem/engine/training';
import { goodnessOf } from '../src/audit/goodness.ts';
import { median, outliersOf } from '../src/audit/outliers.ts';
import { partialCorrelation, pearson } from '../src/audit/correlation.ts';
import { nullPredictions, proportional } from '../src/audit/null-predictions.ts';
import { permutationTest } from '../src/audit/permutation-test.ts';
import { checkStatistics } from '../src/audit/statistics.ts';
import { medianInterval, trendOf } from '../src/audit/trend.ts';
import { normal, uniform } from '@polysem/numerics/random';
import { generator, childGenerator, type Generator } from '@polysem/numerics/random';
import { shuffle } from '@polysem/numerics/random';

/** Features with log-normal frequencies, where rare features tend to matter less. */
function world(g: Generator, features: number) {
  const density = Float64Array.from({ length: features }, () => Math.exp(-6 * uniform(g)));
  const importance = density.map((p) => Math.sqrt(p) * Math.exp(normal(g)));
  const kurtosis = density.map((p) => 6 / p);
  return { density, importance, kurtosis };
}

describe('auditCapacity', () => {
  it('recovers the allocation that an embedding was built from', () => {
    const [features, dims] = [200, 60];
    const stats = world(generator(1), features);
    const plan = allocateQuadratic({ ...stats, dims });
    const w = efficientEmbedding(plan.capacity, plan.squaredNorm, dims);
    const { capacity } = measureCapacity(w);
    const audit = auditCapacity({ ...stats, capacity }, { resamples: 50 });
    expect(audit.price.value / plan.price).toBeCloseTo(1, 6);
    expect(audit.goodness.pearson.value).toBeCloseTo(1, 9);
    expect(audit.goodness.spearman.low).toBeGreaterThan(0.99);
    expect(audit.goodness.rSquared.low).toBeCloseTo(1, 9);
    expect(audit.measuredTotal).toBeCloseTo(dims, 7);
    expect(audit.permutation?.pValue).toBe(1 / 1000);
    // Null predictions do worse.
    for (const { name, advantage } of audit.nulls)
      expect(advantage.value, name).toBeGreaterThan(0.001);
  });

  it('covers the true figures with its intervals when importance is noisy', () => {
    const noisy = (g: Generator, features: number) => {
      const stats = world(g, features);
      const capacity = predictCapacity({ ...stats, price: 0.5 });
      return {
        ...stats,
        capacity,
        importance: stats.importance.map((v) => v * Math.exp(normal(g) / 2)),
      };
    };
    // The true figures are those of the population, estimated from a sample a hundred times as large.
    const truth = auditCapacity(noisy(generator(9), 30_000), { resamples: 0, permutations: 1 });
    const runs = 30;
    const missed = { price: 0, pearson: 0, spearman: 0, rSquared: 0, meanAbsoluteError: 0 };
    for (let run = 0; run < runs; run++) {
      const audit = auditCapacity(noisy(childGenerator(generator(10), run), 300), {
        resamples: 150,
        permutations: 1,
        seed: run,
      });
      for (const [figure, { low, high }] of Object.entries({
        ...audit.goodness,
        price: audit.price,
      })) {
        const expected = figure === 'price' ? truth.price : truth.goodness[figure as 'pearson'];
        if (!(low <= expected.value && expected.value <= high)) missed[figure as 'pearson']++;
      }
    }
    // Percentile intervals of 300 features cover about 93 %, not 95 %: 2.1 of 30 runs miss; 9 misses have probability below 1e-3.
    for (const [figure, count] of Object.entries(missed)) expect(count, figure).toBeLessThan(9);
    expect(truth.goodness.pearson.value).toBeLessThan(0.98);
  });

  it('shrinks intervals for many features, although resamples are smaller', () => {
    const width = (features: number) => {
      const stats = world(generator(2), features);
      const capacity = predictCapacity({ ...stats, price: 0.5 });
      const importance = stats.importance.map((v, i) => v * Math.exp(Math.sin(i * 12.9898)));
      const audit = auditCapacity(
        { ...stats, importance, capacity },
        { resamples: 100, permutations: 1 },
      );
      const { low, high, value } = audit.goodness.pearson;
      expect(value).toBeGreaterThan(low);
      expect(value).toBeLessThan(high);
      return high - low;
    };
    // Sixteen times the features give a quarter of the width; 100 resamples estimate a width to 14 %.
    const ratio = width(1500) / width(24_000);
    expect(ratio).toBeGreaterThan(2.4);
    expect(ratio).toBeLessThan(6.5);
  });

  it('gives uniform p-values when statistics are shuffled', () => {
    const runs = 200;
    const pValues: number[] = [];
    for (let run = 0; run < runs; run++) {
      const g = childGenerator(generator(3), run);
      const stats = world(g, 40);
      const capacity = predictCapacity({ ...stats, price: 0.5 });
      shuffle(g, capacity);
      const audit = auditCapacity(
        { ...stats, capacity },
        { resamples: 0, permutations: 99, seed: run },
      );
      pValues.push(audit.permutation?.pValue ?? NaN);
    }
    // Kolmogorov-Smirnov: a distance above 1.95 / sqrt(n) has probability 0.001; p-values are multiples of 1/100.
    const sorted = pValues.toSorted((a, b) => a - b);
    const distance = Math.max(
      ...sorted.map((p, i) => Math.max(Math.abs((i + 1) / runs - p), Math.abs(i / runs - p))),
    );
    expect(distance).toBeLessThan(1.95 / Math.sqrt(runs) + 0.01);
  });

  it('gives uniform p-values by shifts along a random order, as it does for many features', () => {
    const [runs, count] = [200, 1000];
    const list = (g: Generator) => Float64Array.from({ length: count }, () => uniform(g) ** 3);
    const pValues = (related: number): number[] =>
      Array.from({ length: runs }, (_, run) => {
        const g = childGenerator(generator(12), run);
        const predicted = list(g);
        const measured = list(g).map((m, i) => m + related * predicted[i]);
        // Zero exchanges allowed: shifts for any number of features.
        return permutationTest(g, predicted, measured, 99, 0)?.pValue ?? NaN;
      });
    const none = pValues(0).toSorted((a, b) => a - b);
    const distance = Math.max(
      ...none.map((p, i) => Math.max(Math.abs((i + 1) / runs - p), Math.abs(i / runs - p))),
    );
    // The same bound as above.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(runs) + 0.01);
    // A correlation of nearly 0.5 is 15 standard deviations: only the shift by 0 reaches it.
    expect(Math.max(...pValues(0.5))).toBeLessThanOrEqual(0.03);
    // Sums over a rotated list equal those over the permuted list.
    const many = permutationTest(generator(1), list(generator(2)), list(generator(3)), 999, 0);
    const plain = permutationTest(generator(1), list(generator(2)), list(generator(3)), 999);
    expect(many?.correlation).toBe(plain?.correlation);
    // Two estimates of one probability from 999 draws each: four standard deviations.
    const [p, q] = [many?.pValue ?? NaN, plain?.pValue ?? NaN];
    expect(Math.abs(p - q)).toBeLessThan(4 * Math.sqrt((2 * q * (1 - q)) / 999) + 0.002);
  });

  it('agrees with trained quadratic models', () => {
    const importance = Array.from({ length: 12 }, (_, i) => 1.25 ** i);
    const model = {
      task: 'computation',
      activation: 'quadratic',
      features: 12,
      dims: 5,
      importance,
    } as const;
    const { embedding } = train({
      model,
      inputs: { shape: 'uniform', density: 0.1, unitVariance: true },
      ...trainingDefaults(model),
      seed: 1,
      restarts: 3,
    });
    const { capacity } = measureCapacity(embedding);
    const audit = auditCapacity({ importance, kurtosis: 18, capacity }, { resamples: 50 });
    // Default training stops when the loss is flat to 1e-8; capacities are then accurate to its square root.
    expect(audit.goodness.meanAbsoluteError.value).toBeLessThan(1e-4);
    expect(audit.goodness.pearson.value).toBeGreaterThan(1 - 1e-6);
    expect(
      audit.price.value / allocateQuadratic({ importance, kurtosis: 18, dims: 5 }).price,
    ).toBeCloseTo(1, 3);
  });

  it('repeats its results for a seed and handles degenerate data', () => {
    const stats = world(generator(4), 50);
    const capacity = predictCapacity({ ...stats, price: 0.5 });
    const twice = [1, 2].map(() =>
      auditCapacity({ ...stats, capacity }, { seed: 5, resamples: 20 }),
    );
    expect(twice[0]).toEqual(twice[1]);
    const flat = auditCapacity(
      { importance: [1, 1, 1], kurtosis: 9, capacity: [0.5, 0.5, 0.5] },
      { resamples: 10 },
    );
    expect(flat.goodness.pearson.value).toBeNaN();
    expect(flat.goodness.meanAbsoluteError.value).toBeCloseTo(0, 12);
    expect([flat.permutation, flat.trends.density, flat.relations.density]).toEqual([
      null,
      null,
      null,
    ]);
    const dead = auditCapacity(
      { importance: [0, 1, 2], kurtosis: [NaN, 9, 9], capacity: [0, 0.2, 0.9] },
      { resamples: 10 },
    );
    expect(dead.predicted[0]).toBe(0);
    expect(() =>
      auditCapacity({ importance: [1], kurtosis: 9, capacity: [1] }, { confidence: 1 }),
    ).toThrow('confidence: must lie in (0, 1)');
    expect(() => auditCapacity({ importance: [1], kurtosis: 9, capacity: [1, 1] })).toThrow(
      'capacity: 2 values for 1 features',
    );
  });

  it('lists the general limits and those of this audit', () => {
    const names = (context = {}) => limitsOf(context).map(({ name }) => name);
    expect(names()).toContain('independence');
    expect(names()).not.toContain('circular');
    expect(
      names({
        importanceUsesVectors: true,
        kurtosisShape: 'laplace',
        unitVariance: false,
        efficiency: 0.4,
      }),
    ).toEqual([...names(), 'circular', 'kurtosis', 'scale', 'efficiency']);
    const text = (context: AuditContext, name: string) =>
      limitsOf(context).find((limit) => limit.name === name)?.text;
    expect(names({ isFolded: true })).toEqual([...names(), 'folding']);
    expect(text({ unitVariance: false }, 'scale')).toContain('These vectors were taken as stored.');
    expect(text({ unitVariance: false, isFolded: true }, 'scale')).toContain(
      'These vectors were taken with norms folded, which makes their lengths a convention.',
    );
    expect(text({ importanceFrom: 'frequency' }, 'importance')).toContain('(here: frequency)');
    expect(text({ efficiency: 0.404 }, 'efficiency')).toContain(
      'Capacities sum to 40 % of the rank',
    );
    expect(names({ efficiency: 0.9 })).toEqual(names());
    expect(names({ efficiency: 0.899 })).toEqual([...names(), 'efficiency']);
  });
});

describe('figures of an audit', () => {
  it('match their definitions', () => {
    const predicted = Float64Array.of(0, 0.5, 1, 1);
    const measured = Float64Array.of(0.1, 0.3, 0.9, 0.7);
    const { pearson: r, spearman, rSquared, meanAbsoluteError } = goodnessOf(predicted, measured);
    // Computed by hand: means 0.625 and 0.5.
    expect(r).toBeCloseTo(0.5 / Math.sqrt(0.6875 * 0.4), 12);
    expect(rSquared).toBeCloseTo(1 - 0.15 / 0.4, 12);
    expect(meanAbsoluteError).toBeCloseTo(0.7 / 4, 12);
    // Ranks 1 2 3.5 3.5 and 1 2 4 3.
    expect(spearman).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
    expect(pearson(Float64Array.of(0.1, 0.1, 0.1), Float64Array.of(1, 2, 3))).toBeNaN();
    // For any count, however much their sum is rounded.
    for (const count of [512, 4097, 100_000]) {
      const rising = Float64Array.from({ length: count }, (_, i) => i);
      for (const value of [0.1, 0.11174, 1 / 3]) {
        const constant = new Float64Array(count).fill(value);
        expect(pearson(constant, rising)).toBeNaN();
        expect(goodnessOf(rising, constant).rSquared).toBeNaN();
      }
    }
  });

  it('match partial correlations from regressions', () => {
    const g = generator(6);
    const z = Float64Array.from({ length: 400 }, () => normal(g));
    const x = z.map((value) => value + normal(g));
    const y = z.map((value) => 2 * value + normal(g));
    const residual = (of: Float64Array) => {
      const mean = (list: Float64Array) => list.reduce((s, v) => s + v, 0) / list.length;
      const [mo, mz] = [mean(of), mean(z)];
      let [oz, zz] = [0, 0];
      of.forEach((value, i) => {
        oz += (value - mo) * (z[i] - mz);
        zz += (z[i] - mz) ** 2;
      });
      return of.map((value, i) => value - mo - (oz / zz) * (z[i] - mz));
    };
    expect(partialCorrelation(pearson(x, y), pearson(x, z), pearson(y, z))).toBeCloseTo(
      pearson(residual(x), residual(y)),
      12,
    );
    expect(partialCorrelation(0.3, 1, 0.3)).toBeNaN();
  });

  it('have a null prediction in proportion to importance, up to a whole dimension', () => {
    const predicted = proportional(Float64Array.of(1, 2, 0, 100), Float64Array.of(0.1, 0.2, 0, 1));
    [0.1, 0.2, 0, 1].forEach((expected, i) => expect(predicted[i]).toBeCloseTo(expected, 12));
  });

  it('have null predictions that rise with importance and density, with the total of the measured ones', () => {
    const statistics = {
      importance: [3, 1, 4, 2, 5],
      kurtosis: 3,
      density: [0.1, 0.5, 0.2, 0.3, 0.4],
    };
    const measured = Float64Array.of(0.2, 0.4, 0.9, 0.1, 0.7);
    const nulls = nullPredictions(checkStatistics(statistics), measured);
    const of = (name: string): number[] => [
      ...(nulls.find((fit) => fit.name === name)?.predicted ?? []),
    ];
    // By hand: neighbours in the wrong order share their mean.
    const rising = [
      ['monotone-importance', [0.7 / 3, 0.7 / 3, 0.8, 0.7 / 3, 0.8]],
      ['monotone-density', [0.2, 0.55, 0.5, 0.5, 0.55]],
    ] as const;
    for (const [name, expected] of rising)
      expected.forEach((value, i) => expect(of(name)[i], name).toBeCloseTo(value, 12));
  });

  it('keep the kurtosis of features without importance only where it is possible', () => {
    const { kurtosis } = checkStatistics({ importance: [1, 0, 0, 0], kurtosis: [3, 1.5, 1, 0.5] });
    expect([...kurtosis]).toEqual([3, 1.5, 1, NaN]);
  });

  it('list outliers, largest first', () => {
    const residuals = [0.01, 0.02, 0.03, 0.9, 0.02, 0.01, 0.5, 0.02, 0.03];
    const predicted = Float64Array.from(residuals, (_, i) => i / 16);
    const measured = predicted.map((p, i) => p + residuals[i]);
    const { spread, list, beyondFive } = outliersOf(predicted, measured, 2);
    expect(list.map(({ feature }) => feature)).toEqual([3, 6]);
    // Distances from the median 0.02, in hundredths: 1 1 0 0 0 1 1 88 48.
    expect(spread).toBeCloseTo(1.4826 * 0.01, 12);
    expect(list[0].residual).toBeCloseTo(0.9, 12);
    expect(list[0].score).toBeCloseTo(0.9 / spread, 9);
    expect(beyondFive).toBe(2);
    expect(outliersOf(predicted, predicted, 5).list).toEqual([]);
    // Equal residuals in order of the index, the largest first wherever it is.
    const [ones, rising] = [Float64Array.of(0.5, -0.5, 0.25, 0.75), new Float64Array(4)];
    const found = outliersOf(rising, ones, 3).list;
    expect(found.map(({ feature }) => feature)).toEqual([3, 0, 1]);
    expect(median(Float64Array.of(3, 1, 2, 10))).toBe(2.5);
  });

  it('match tabulated intervals of the median', () => {
    const range = (n: number) =>
      medianInterval(
        Float64Array.from({ length: n }, (_, i) => i + 1),
        0.95,
      );
    // Conover, Practical Nonparametric Statistics: ranks 1 and 6 of 6, 2 and 9 of 10, 6 and 15 of 20; none for 5.
    expect([range(6), range(10), range(20)]).toEqual([
      { low: 1, high: 6 },
      { low: 2, high: 9 },
      { low: 6, high: 15 },
    ]);
    expect(range(5)).toEqual({ low: NaN, high: NaN });
    // Normal limit: n / 2 - 0.98 sqrt(n).
    expect(Math.abs(range(100_000).low - (50_000 - 0.98 * Math.sqrt(1e5)))).toBeLessThan(2);
  });

  it('put equal numbers of features in bins, keep ties together and skip features of frequency 0', () => {
    const x = Float64Array.from({ length: 101 }, (_, i) => (i < 30 ? 0.5 : i < 100 ? i : 0));
    const bins = trendOf(
      x,
      x.map((v) => v / 100),
      x.map(() => 0.25),
      0.95,
      3,
    );
    expect(bins.map(({ count }) => count)).toEqual([33, 34, 33]);
    expect(bins.reduce((s, { count }) => s + count, 0)).toBe(100);
    expect(bins[0]).toMatchObject({
      from: 0.5,
      to: 32,
      centre: 0.5,
      predicted: 0.25,
      median: 0.005,
    });
    bins.forEach(({ low, median: m, high }) => expect(low <= m && m <= high).toBe(true));
    const tied = trendOf(
      new Float64Array(100).fill(2),
      x.slice(0, 100).map(() => 0.1),
      x.slice(0, 100),
      0.95,
    );
    expect(tied.map(({ count }) => count)).toEqual([100]);
  });
});
