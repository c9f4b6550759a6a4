import { power, realPower } from '@polysem/numerics/elementary';
import {
  childGenerator,
  type Generator,
  generator,
  integerBelow,
  uniformBetween,
} from '@polysem/numerics/random';
import { pinned, refused, times } from './pinned.ts';
import { activeMoments } from '../../src/features/active-moments.ts';
import { activeSetLaw } from '../../src/features/active-set-law.ts';
import type { Correlation, FeatureInputs } from '../../src/features/correlation.ts';
import { batchOf } from '../../src/features/batch-of.ts';
import { countLaw } from '../../src/features/count-law.ts';
import { dataInputs, dataSet } from '../../src/features/data-set.ts';
import { densityForKurtosis } from '../../src/features/density-for-kurtosis.ts';
import {
  checkMoment,
  distributionNames,
  distributionParameters,
  distributions,
  parameterValues,
  rawMoment,
  type ValueDistribution,
} from '../../src/features/distributions/registry.ts';
import { factorMixture } from '../../src/features/factor-mixture.ts';
import type { FeatureDistribution } from '../../src/features/feature-distribution.ts';
import { resolveInputs } from '../../src/features/inputs.ts';
import { jointDensity } from '../../src/features/joint-density.ts';
import { moments } from '../../src/features/moments.ts';
import { sampleCorrelated } from '../../src/features/sample-correlated.ts';
import { sampleFeatures } from '../../src/features/sample.ts';
import { sampleSparse } from '../../src/features/sparse.ts';
import { stratify } from '../../src/features/strata.ts';
import { kurtosisFromDensity } from '../../src/audit/statistics.ts';

/** Every distribution, with defaults and with parameters below and above them. */
const shapes: ValueDistribution[] = distributionNames.flatMap((shape) => [
  { shape },
  ...distributionParameters
    .filter((parameter) => parameter.distributions.includes(shape))
    .flatMap(({ name, default: usual }) =>
      [0.7, 1.5, 3].map((factor) => ({ shape, [name]: factor * usual })),
    ),
]);
const PROBABILITIES = [1e-12, 1e-4, 0.01, 0.2, 0.4999, 0.5, 0.6, 0.97, 1 - 1e-9];

for (const value of shapes) {
  const title = JSON.stringify(value);
  const { quantile, kurtosis } = momentsAndQuantiles(value);
  pinned(`moments and quantiles of ${title}`, () => [quantile(), kurtosis()]);
  pinned(`samples of ${title}`, () =>
    [0.03, 0.4, 1].flatMap((density, i) => {
      const feature = { ...value, density, unitVariance: i % 2 === 0 };
      const dense = new Float64Array(5 * 40);
      sampleFeatures(generator(i), feature, 5, dense);
      return [
        dense,
        sampleSparse(generator(3 + i), feature, 7, 30),
        stratify(generator(6 + i), feature, 3, { rows: 100 }),
      ];
    }),
  );
}

function momentsAndQuantiles(value: ValueDistribution) {
  return {
    quantile: () =>
      PROBABILITIES.map((p) => distributions[value.shape].quantile(p, parameterValues(value))),
    kurtosis: () =>
      [0.01, 0.3, 1].map((density) => [
        moments({ ...value, density, unitVariance: false }),
        moments({ ...value, density, unitVariance: true }),
        attempt(() => activeMoments({ ...value, density, unitVariance: true })),
        times(9, (order) => rawMoment(value, order)),
        [1.2, 1.7, 5, 50].map((k) => attempt(() => densityForKurtosis(value, k))),
        attempt(() => kurtosisFromDensity([density, 0], value)),
      ]),
  };
}

/** The result of a call, or the message of its error. */
function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
}

const value = { shape: 'uniform', unitVariance: true } as const;
const correlations: Record<string, (g: Generator, features: number) => Correlation> = {
  'together in pairs': () => ({ kind: 'together', groups: 2 }),
  'together in lists': () => ({
    kind: 'together',
    groups: [
      [4, 0],
      [1, 5, 2],
    ],
  }),
  'one of three': () => ({ kind: 'one-of', groups: 3 }),
  'one of a list': () => ({
    kind: 'one-of',
    groups: [
      [5, 1],
      [0, 2],
    ],
  }),
  'one factor': () => ({ kind: 'copula', loadings: 0.6 }),
  'a factor per feature': (g, features) => ({
    kind: 'copula',
    loadings: times(features, () => uniformBetween(g, -0.95, 0.95)),
  }),
  'a matrix': (_, features) => ({
    kind: 'copula',
    matrix: times(features, (i) => times(features, (j) => power(0.7, Math.abs(i - j)))),
  }),
};

for (const [name, correlation] of Object.entries(correlations)) {
  const inputs = (i: number, features: number): FeatureInputs => {
    const g = childGenerator(generator(23), i);
    const given = correlation(g, features);
    const density = uniformBetween(g, 0.02, 0.33);
    const marginal: FeatureDistribution | FeatureDistribution[] =
      i % 2 === 0 || given.kind === 'together'
        ? { ...value, density }
        : times(features, () => ({ ...value, density: uniformBetween(g, 0.02, 0.33) }));
    return { kind: 'correlated', marginal, correlation: given };
  };
  pinned(`features ${name}`, () =>
    times(6, (i) => {
      const features = 6;
      const given = inputs(i, features);
      const joint = jointDensity(resolveInputs(given, features));
      return [
        sampleCorrelated(generator(i), given, features, 200),
        [[0], [1, 4], [0, 2, 5], [0, 1, 3, 4]].map(joint),
        attempt(() => activeSetLaw(given, features)),
        stratify(generator(i), given, features, { rows: 300, leastRows: [32, 4][i % 2] }),
      ];
    }),
  );
}

pinned('strata of independent features', () =>
  times(16, (i) => {
    const g = childGenerator(generator(29), i);
    const features = 1 + integerBelow(g, 24);
    const one = (): FeatureDistribution => ({
      shape: distributionNames[i % distributionNames.length],
      density: realPower(10, uniformBetween(g, -3, 0)),
      unitVariance: i % 3 === 0,
    });
    const given = i % 2 === 0 ? one() : times(features, one);
    return [
      stratify(g, given, features, { rows: power(10, 1 + (i % 4)), leastRows: 1 + 8 * (i % 3) }),
      attempt(() => activeSetLaw(given, features, 300)),
    ];
  }),
);

pinned('laws of counts and mixtures', () =>
  times(8, (i) => {
    const g = childGenerator(generator(31), i);
    const features = 2 + integerBelow(g, 5);
    const densities = Float64Array.from(
      { length: features },
      () => [0.1, 0.3, 1][integerBelow(g, 3)],
    );
    const loadings = Float64Array.from(
      { length: features },
      () => [-1, -0.9, 0, 0.5, 0.999, 1][integerBelow(g, 6)],
    );
    return [
      factorMixture(densities, loadings),
      countLaw(densities, loadings, 1000),
      countLaw(densities, loadings, 3),
    ];
  }),
);

const feature: FeatureDistribution = { ...value, density: 0.1 };
const correlated = (correlation: Correlation, density = 0.1): FeatureInputs => ({
  kind: 'correlated',
  marginal: { ...feature, density },
  correlation,
});
const check = (inputs: unknown, features = 4) => resolveInputs(inputs as FeatureInputs, features);
const matrix = Float64Array.of(1, 0, 0, 2, 3, 0);
refused('features', [
  () => check({ ...feature, shape: 'gauss' }),
  () => check({ ...feature, density: 0 }),
  () => check({ ...feature, density: 1.01 }),
  () => check({ ...feature, density: NaN }),
  () => check({ ...feature, unitVariance: 1 }),
  () => check({ ...feature, degreesOfFreedom: 5 }),
  () => check({ ...feature, shape: 'student-t', degreesOfFreedom: 2 }),
  () => check([feature, feature]),
  () => check(feature, 0),
  () => check(feature, 2.5),
  () => check(correlated({ kind: 'together', groups: 0 })),
  () => check(correlated({ kind: 'together', groups: [[0, 4]] })),
  () => check(correlated({ kind: 'together', groups: [[0, 1], [1]] })),
  () => check(correlated({ kind: 'together', groups: [[-1]] })),
  () => check(correlated({ kind: 'together', groups: [[]] })),
  () => check(correlated({ kind: 'one-of', groups: 4 }, 0.3)),
  () => check(correlated({ kind: 'one-of', groups: 4 }, 0.25)),
  () => check(correlated({ kind: 'copula', loadings: 1.1 })),
  () => check(correlated({ kind: 'copula', loadings: [0.1] })),
  () => check(correlated({ kind: 'copula', matrix: [[1]] })),
  () => check(correlated({ kind: 'copula', matrix: times(4, () => [1, 1, 1, 0]) })),
  () =>
    check(
      correlated({
        kind: 'copula',
        matrix: times(4, (i) => times(4, (j) => (i === j ? 1 : -0.9))),
      }),
    ),
  () =>
    check(
      correlated({ kind: 'copula', matrix: times(4, (i) => times(4, (j) => (i === j ? 0.9 : 0))) }),
    ),
  () => check(correlated({ kind: 'pairs' } as unknown as Correlation)),
  () =>
    check({
      kind: 'correlated',
      marginal: times(4, (i) => ({ ...feature, density: 0.1 + i / 10 })),
      correlation: { kind: 'together', groups: 2 },
    }),
  () => activeSetLaw(feature, 13),
  () =>
    activeSetLaw(
      correlated({
        kind: 'copula',
        matrix: times(4, (i) => times(4, (j) => power(0.5, Math.abs(i - j)))),
      }),
      4,
    ),
  () => sampleSparse(generator(1), feature, 3, 0),
  () => sampleCorrelated(generator(1), feature, 3, 1.5),
  () => sampleFeatures(generator(1), feature, 3, new Float64Array(10)),
  () => stratify(generator(1), feature, 3, { rows: 0 }),
  () => stratify(generator(1), feature, 3, { rows: 10, leastRows: 0 }),
  () => batchOf(matrix, 2, 2),
  () => batchOf(Float64Array.of(1, NaN), 1, 2),
  () => dataSet(Float64Array.of(1, Infinity), 2, 1),
  () => resolveInputs(dataInputs(dataSet(matrix, 2, 3), 0), 2, dataSet(matrix, 2, 3)),
  () => resolveInputs(dataInputs(dataSet(matrix, 2, 3), 0), 3, dataSet(matrix, 3, 2)),
  () => resolveInputs(dataInputs(dataSet(matrix, 2, 3), 0), 3),
  () => resolveInputs(dataInputs(dataSet(matrix, 2, 3), 1), 3, dataSet(matrix, 2, 3)),
  () => resolveInputs(dataInputs(dataSet(matrix, 2, 3), -0.1), 3, dataSet(matrix, 2, 3)),
  () => rawMoment({ shape: 'uniform' }, -1),
  () => checkMoment({ shape: 'student-t', degreesOfFreedom: 4 }, 4, 'the exact loss'),
  () => activeMoments({ ...feature, shape: 'student-t', degreesOfFreedom: 3 }),
  () => densityForKurtosis({ shape: 'student-t', degreesOfFreedom: 4 }, 10),
  () => densityForKurtosis({ shape: 'uniform' }, 1.7),
  () => densityForKurtosis({ shape: 'uniform-positive' }, 1.6),
  () => kurtosisFromDensity([0.1, 1.1], { shape: 'uniform' }),
]);
