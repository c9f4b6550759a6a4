import { resolveInputs } from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactProducts } from '../src/models/exact-products.ts';
import { generator } from '@polysem/numerics/random';
import { lbfgs } from '../src/descent/lbfgs.ts';
import { productsOf } from '../src/models/product-covariance.ts';
import { quadraticBatchLoss } from '../src/models/quadratic-batch-loss.ts';
import { quadraticCorrelatedLoss } from '../src/models/quadratic-correlated-loss.ts';
import { quadraticFactorLoss } from '../src/models/quadratic-factor-loss.ts';
import { quadraticGroupedLoss } from '../src/models/quadratic-grouped-loss.ts';
import { quadraticPairLoss } from '../src/models/quadratic-pair-loss.ts';
import {
  quadraticSampleLoss,
  sampleProducts,
  type ProductCovariance,
} from '../src/models/quadratic-sample-loss.ts';
import {
  sampleCorrelated,
  type Correlation,
  type FeatureDistribution,
  type DistributionName,
} from '@polysem/core/features';
import { gaussianEmbedding, gradientError, sum } from '../../core/test/fixtures.ts';
import {
  model,
  distribution,
  correlated,
  difference,
  disagreement,
  anyShape,
  sameValues,
  constantCorrelation,
} from './correlated-cases.ts';

const anyDensity = fc.constantFrom(0.02, 0.1, 0.25, 0.33);

const cases: readonly (readonly [
  string,
  FeatureDistribution | FeatureDistribution[],
  Correlation,
])[] = [
  ['together', distribution('uniform', 0.2), { kind: 'together', groups: 3 }],
  [
    'together, not centred',
    distribution('uniform-positive', 0.2),
    {
      kind: 'together',
      groups: [
        [5, 0, 2],
        [1, 3],
      ],
    },
  ],
  [
    'together, different features',
    (['laplace', 'uniform-positive', 'gaussian', 'rademacher', 'uniform', 'uniform'] as const).map(
      (shape, i) => distribution(shape, [0.3, 0.3, 0.1, 0.1, 0.1, 0.7][i]),
    ),
    {
      kind: 'together',
      groups: [
        [0, 1],
        [3, 2, 4],
      ],
    },
  ],
  ['one of three', distribution('uniform-positive', 0.2), { kind: 'one-of', groups: 3 }],
  ['one of two, one always active', distribution('gaussian', 0.5), { kind: 'one-of', groups: 2 }],
  [
    'one of several, different features',
    [0.1, 0.5, 0.2, 0.05, 0.6, 0.3].map((p) => distribution('uniform-positive', p)),
    {
      kind: 'one-of',
      groups: [
        [0, 1, 2],
        [3, 4],
      ],
    },
  ],
  ['one factor', distribution('uniform-positive', 0.2), { kind: 'copula', loadings: 0.7 }],
  [
    'a factor with loadings of both signs',
    distribution('uniform-positive', 0.2),
    { kind: 'copula', loadings: [0.9, -0.4, 0.5, -0.2, 0, 1] },
  ],
  [
    'matrix',
    distribution('uniform-positive', 0.2),
    { kind: 'copula', matrix: constantCorrelation(6, 0.5) },
  ],
  [
    'a factor, symmetric values',
    [0.05, 0.1, 0.2, 0.3, 0.4, 0.5].map((p) => distribution('laplace', p)),
    { kind: 'copula', loadings: [0.9, -0.4, 0.5, 0.2, 0, 0.6] },
  ],
  [
    'matrix, anti-correlated',
    distribution('uniform', 0.2),
    { kind: 'copula', matrix: constantCorrelation(6, -0.2) },
  ],
];

describe.each(cases)('the exact loss, %s', (_, marginal, correlation) => {
  const inputs = correlated(marginal, correlation);
  const exact = exactProducts(resolveInputs(inputs, 6));
  const { kind } = correlation;
  const structured = [
    quadraticCorrelatedLoss(model(6, 3), resolveInputs(inputs, 6)),
    ...(kind === 'copula' ? [] : [quadraticGroupedLoss(model(6, 3), resolveInputs(inputs, 6))]),
    ...(JSON.stringify(marginal).includes('positive')
      ? []
      : [quadraticPairLoss(model(6, 3), resolveInputs(inputs, 6))]),
    ...('loadings' in correlation
      ? [quadraticFactorLoss(model(6, 3), resolveInputs(inputs, 6))]
      : []),
  ];

  it('has the same value and gradient in every implementation', () => {
    const products = quadraticSampleLoss(model(6, 3), exact);
    for (const other of structured) {
      for (const seed of [1, 2, 3]) {
        expect(disagreement(products, other, 6, 3, seed)).toBeLessThan(1e-11);
      }
    }
  });

  it('has sampled products that equal the products of a sample', () => {
    const sample = sampleProducts(generator(2), resolveInputs(inputs, 6), 40_000);
    expect(sample.rows).toBe(40_000);
    const same = productsOf(sampleCorrelated(generator(2), inputs, 6, 40_000));
    expect(difference(sample.covariance, same.covariance)).toBeLessThan(1e-14);
  });

  it('has the gradient of finite differences', () => {
    for (const loss of structured) {
      const w = gaussianEmbedding(3, 6, 9).data as Float64Array;
      expect(gradientError(loss, w)).toBeLessThan(1e-6);
    }
  });

  it('agrees with sampling within five standard errors', () => {
    const g = generator(23);
    const w = gaussianEmbedding(3, 6, 5).data as Float64Array;
    const expected = structured[0].evaluate(w, new Float64Array(18));
    const rows = 3000;
    const found: ProductCovariance[] = [];
    const losses = Array.from({ length: 50 }, () => {
      const batch = sampleCorrelated(g, inputs, 6, rows);
      found.push(productsOf(batch));
      return (
        quadraticBatchLoss(model(6, 3), batch).evaluate(w, new Float64Array(18)) *
        (rows / (rows - 1))
      );
    });
    expect(standardErrorsOff(losses, expected)).toBeLessThan(5);
    // Every entry of the covariance too. It has 231, so the bound is wider.
    let worst = 0;
    for (let at = 0; at < exact.covariance.length; at++) {
      worst = Math.max(
        worst,
        standardErrorsOff(
          found.map(({ covariance }) => covariance[at] * (rows / (rows - 1))),
          exact.covariance[at],
        ),
      );
    }
    expect(worst).toBeLessThan(6);
  });
});

/**
 * Distance of the mean of independent estimates from the expected value, in standard errors
 * estimated from their spread.
 */
function standardErrorsOff(estimates: readonly number[], expected: number): number {
  const mean = sum(estimates) / estimates.length;
  const spread = sum(estimates.map((x) => (x - mean) ** 2)) / (estimates.length - 1);
  const error = Math.sqrt(spread / estimates.length);
  return Math.abs(mean - expected) / (error + 1e-12 * (1 + Math.abs(expected)));
}

describe('optima of correlated inputs (docs/theory.md, section 8)', () => {
  const best = (shape: DistributionName, dims: number, correlation: Correlation) => {
    const even = { ...model(6, dims), importance: sameValues(6, 1) };
    const loss = quadraticCorrelatedLoss(
      even,
      resolveInputs(correlated(distribution(shape, 0.1), correlation), even.features),
    );
    const runs = [1, 2, 3].map((seed) =>
      lbfgs(loss, gaussianEmbedding(dims, 6, seed).data.map((x) => x / 2) as Float64Array),
    );
    const { parameters } = runs[0];
    const vector = (i: number): Float64Array => parameters.subarray(i * dims, (i + 1) * dims);
    const dot = (i: number, j: number): number => sum(vector(i).map((x, d) => x * vector(j)[d]));
    const cosine = (i: number, j: number): number => dot(i, j) / Math.sqrt(dot(i, i) * dot(j, j));
    return { losses: runs.map((run) => run.loss), cosine, norm: dot(0, 0) };
  };

  it.each<[DistributionName, number, Correlation['kind'] | 'apart', number]>([
    ['uniform', 3, 'apart', 10.7368421],
    ['uniform', 3, 'together', 11.1428571],
    ['uniform', 3, 'one-of', 0],
    ['uniform', 2, 'apart', 19.4285714],
    ['uniform', 2, 'together', 20.8],
    ['uniform', 2, 'one-of', 10.6666667],
    ['uniform-positive', 3, 'apart', 8.5852462],
    ['uniform-positive', 3, 'together', 3.6654413],
    ['uniform-positive', 3, 'one-of', 0],
  ])('%s in %d dimensions, %s', (shape, dims, kind, expected) => {
    const correlation =
      kind === 'one-of'
        ? ({ kind, groups: 2 } as const)
        : ({ kind: 'together', groups: kind === 'apart' ? 1 : 2 } as const);
    const { losses, cosine } = best(shape, dims, correlation);
    for (const loss of losses) expect(Math.abs(loss - expected)).toBeLessThan(1e-7);
    const partners = [cosine(0, 1), cosine(2, 3), cosine(4, 5)].map(Math.abs);
    if (kind === 'one-of') for (const c of partners) expect(c).toBeCloseTo(1, 5);
    if (kind === 'together') {
      for (const c of partners) expect(c).toBeCloseTo(shape === 'uniform' ? 0 : 0.5548, 4);
    }
  });

  it('agree with the closed form for orthogonal partners', () => {
    const excess = 18 - 1 + (10 - 1);
    const { losses, norm } = best('uniform', 3, { kind: 'together', groups: 2 });
    expect(losses[0]).toBeCloseTo((6 * 2 * excess) / (excess + 2), 9);
    expect(norm).toBeCloseTo(excess / (excess + 2), 6);
  });
});

describe('losses of any size', () => {
  const anyGroups = fc.record({
    shape: anyShape,
    density: anyDensity,
    size: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom('together' as const, 'one-of' as const),
    seed: fc.nat(),
  });

  it('agree between groups and products', () => {
    fc.assert(
      fc.property(anyGroups, ({ shape, density, size, count, kind, seed }) => {
        const features = size * count;
        const dims = 1 + (seed % features);
        const inputs = correlated(distribution(shape, density), { kind, groups: size });
        const products = exactProducts(resolveInputs(inputs, features));
        expect(
          disagreement(
            quadraticSampleLoss(model(features, dims), products),
            quadraticGroupedLoss(model(features, dims), resolveInputs(inputs, features)),
            features,
            dims,
            seed,
          ),
        ).toBeLessThan(1e-11);
      }),
    );
  });

  it('accept more features than fit into memory as products', () => {
    const marginal = distribution('uniform', 0.01);
    const wide = model(400, 10);
    for (const correlation of [
      { kind: 'together', groups: 4 },
      { kind: 'one-of', groups: 4 },
    ] as const) {
      const loss = quadraticCorrelatedLoss(
        wide,
        resolveInputs(correlated(marginal, correlation), wide.features),
      );
      const w = gaussianEmbedding(10, 400, 3).data.map((x) => x / 10) as Float64Array;
      expect(loss.evaluate(w, new Float64Array(4000))).toBeGreaterThan(0);
      expect(() => exactProducts(resolveInputs(correlated(marginal, correlation), 400))).toThrow(
        /do not fit/,
      );
    }
  });
});
