import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeSetLaw } from '../src/features/active-set-law.ts';
import { generator, childGenerator } from '@polysem/numerics/random';
import {
  isCorrelated,
  type CorrelatedFeatures,
  type Correlation,
} from '../src/features/correlation.ts';
import { moments } from '../src/features/moments.ts';
import { normalCdf } from '@polysem/numerics/elementary';
import { sampleCorrelated } from '../src/features/sample-correlated.ts';
import { sampleSparse } from '../src/features/sparse.ts';
import type { SparseBatch } from '../src/features/sparse-batch.ts';
import type { FeatureDistribution } from '../src/features/feature-distribution.ts';
import { normalQuantile } from '../../numerics/src/elementary/normal.ts';
import { gaussLegendre, integrate } from '../../numerics/src/elementary/quadrature.ts';
import { resolveInputs } from '../src/features/inputs.ts';
import { jointDensity } from '../src/features/joint-density.ts';
import { bivariateNormalCdf } from '../src/features/bivariate-normal.ts';
import { normalOrthant } from '../src/features/orthant.ts';
import { sum } from './fixtures.ts';

const uniform = (density: number): FeatureDistribution => ({
  shape: 'uniform',
  density,
  unitVariance: true,
});

function correlated(
  marginal: FeatureDistribution | readonly FeatureDistribution[],
  correlation: Correlation,
): CorrelatedFeatures {
  return { kind: 'correlated', marginal, correlation };
}

/** Number of rows with each set of active features. */
function setCounts({ rows, rowStarts, indices }: SparseBatch): Map<string, number> {
  const counts = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const key = indices.slice(rowStarts[row], rowStarts[row + 1]).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

const anyCorrelation: fc.Arbitrary<Correlation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('together' as const, 'one-of' as const),
    groups: fc.constantFrom(
      1,
      2,
      3,
      [
        [4, 0],
        [1, 3, 5],
      ],
      [],
    ),
  }),
  fc.record({
    kind: fc.constant('copula' as const),
    loadings: fc.oneof(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
    ),
  }),
  fc.double({ min: -0.2, max: 1, noNaN: true }).map((r) => ({
    kind: 'copula' as const,
    matrix: Array.from({ length: 6 }, (_, i) =>
      Array.from({ length: 6 }, (__, j) => (i === j ? 1 : r)),
    ),
  })),
);

describe('sampleCorrelated', () => {
  it('keeps every marginal: active fraction, mean and variance within five standard errors', () => {
    fc.assert(
      fc.property(
        anyCorrelation,
        fc.constantFrom(0.01, 0.1, 1 / 3),
        fc.constantFrom('uniform-positive' as const, 'gaussian' as const, 'rademacher' as const),
        fc.nat(),
        (correlation, density, shape, seed) => {
          const rows = 4000;
          const marginal = { shape, density, unitVariance: true };
          const exact = moments(marginal);
          const batch = sampleCorrelated(
            generator(seed),
            correlated(marginal, correlation),
            6,
            rows,
          );
          const active = new Float64Array(6);
          const total = new Float64Array(6);
          batch.indices.forEach((i, entry) => {
            active[i]++;
            total[i] += batch.values[entry];
          });
          for (let i = 0; i < 6; i++) {
            const coin = Math.sqrt((density * (1 - density)) / rows);
            expect(Math.abs(active[i] / rows - density)).toBeLessThan(5.5 * coin + 3 / rows);
            const error = Math.sqrt(exact.variance / rows);
            const largest = shape === 'gaussian' ? 4 : 2;
            expect(Math.abs(total[i] / rows - exact.mean)).toBeLessThan(
              5.5 * error + (3 * largest * exact.scale) / rows,
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each<[string, FeatureDistribution | FeatureDistribution[], Correlation]>([
    [
      'together',
      uniform(0.2),
      {
        kind: 'together',
        groups: [
          [0, 2],
          [1, 3],
        ],
      },
    ],
    ['one-of', uniform(0.2), { kind: 'one-of', groups: 2 }],
    ['one-of, unequal', [0.1, 0.4, 0.3, 0.2].map(uniform), { kind: 'one-of', groups: 4 }],
    ['a factor', uniform(0.2), { kind: 'copula', loadings: [0.8, 0.8, -0.5, 0.3] }],
  ])('has active sets that follow their law: %s', (_, marginal, correlation) => {
    const rows = 40_000;
    const inputs = correlated(marginal, correlation);
    const counts = setCounts(sampleCorrelated(generator(3), inputs, 4, rows));
    const { sets, probabilities } = activeSetLaw(inputs, 4);
    expect(sum(probabilities)).toBeCloseTo(1, 12);
    sets.forEach((set, at) => {
      const found = (counts.get(set.join(' ')) ?? 0) / rows;
      const p = probabilities[at];
      expect(Math.abs(found - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / rows) + 3 / rows);
    });
    const possible = new Set(sets.map((set) => set.join(' ')));
    expect([...counts.keys()].filter((key) => !possible.has(key))).toEqual([]);
  });

  it('gives the same numbers as sampleSparse for groups of one', () => {
    const mixed = [0.3, 0.1, 0.3, 1].map(uniform);
    for (const marginal of [uniform(0.2), mixed]) {
      const plain = sampleSparse(generator(8), marginal, 4, 300);
      for (const kind of ['together', 'one-of'] as const) {
        const inputs = correlated(marginal, { kind, groups: 1 });
        expect(sampleCorrelated(generator(8), inputs, 4, 300)).toEqual(plain);
      }
      expect(sampleCorrelated(generator(8), marginal, 4, 300)).toEqual(plain);
    }
  });

  it('gives the same batch for the same stream, at a cost proportional to active entries', () => {
    const inputs = correlated(uniform(1e-4), { kind: 'together', groups: 100 });
    const start = childGenerator(generator(1), 5);
    const batch = sampleCorrelated(structuredClone(start), inputs, 20_000, 500);
    expect(sampleCorrelated(structuredClone(start), inputs, 20_000, 500)).toEqual(batch);
    expect(batch.indices.length % 100).toBe(0);
  });
});

describe('activeSetLaw', () => {
  it('has the marginals and pairs of the joint density', () => {
    fc.assert(
      fc.property(
        anyCorrelation.filter((c) => !('matrix' in c)),
        fc.constantFrom(0.01, 0.1, 1 / 3),
        (correlation, density) => {
          const inputs = correlated(uniform(density), correlation);
          const joint = jointDensity(resolveInputs(inputs, 6));
          const { sets, probabilities } = activeSetLaw(inputs, 6);
          for (const wanted of [[], [0], [5], [0, 4], [1, 2], [0, 1, 3], [1, 2, 3, 5]]) {
            const found = sum(
              sets.map((set, at) => (wanted.every((i) => set.includes(i)) ? probabilities[at] : 0)),
            );
            expect(found).toBeCloseTo(wanted.length === 0 ? 1 : joint(wanted), 13);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('includes the empty set only if it is possible', () => {
    expect(activeSetLaw(correlated(uniform(0.25), { kind: 'one-of', groups: 4 }), 4).sets).toEqual([
      [0],
      [1],
      [2],
      [3],
    ]);
    const { sets, probabilities } = activeSetLaw(uniform(0.25), 1);
    expect(sets).toEqual([[], [0]]);
    expect(probabilities).toEqual(Float64Array.of(0.75, 0.25));
  });

  it('rejects too many sets, and a copula without a formula', () => {
    expect(() => activeSetLaw(uniform(0.1), 13)).toThrow('8192 sets of features can be active');
    expect(activeSetLaw(uniform(0.1), 13, 10_000).sets).toHaveLength(8192);
    expect(() =>
      activeSetLaw(correlated(uniform(0.1), { kind: 'copula', matrix: [[1]] }), 1),
    ).toThrow('have no formula');
  });
});

describe('invalid inputs', () => {
  it.each<[string, FeatureDistribution | FeatureDistribution[], unknown, string]>([
    ['kind', uniform(0.1), { kind: 'apart' }, 'must be together, one-of or copula, got apart'],
    [
      'a size that does not divide',
      uniform(0.1),
      { kind: 'together', groups: 3 },
      'divides the 4 features, got 3',
    ],
    ['no groups', uniform(0.1), { kind: 'together' }, 'must be a size or lists of features'],
    ['an empty group', uniform(0.1), { kind: 'together', groups: [[]] }, 'group 0 must be a list'],
    [
      'unknown feature',
      uniform(0.1),
      { kind: 'one-of', groups: [[0], [4]] },
      'group 1 names feature 4',
    ],
    [
      'a feature twice',
      uniform(0.1),
      { kind: 'one-of', groups: [[0, 1], [1]] },
      'feature 1 occurs twice',
    ],
    [
      'too dense',
      uniform(0.3),
      { kind: 'one-of', groups: 4 },
      'add up to 1.2, above 1; lower them to 0.25',
    ],
    [
      'unequal together',
      [0.1, 0.2, 0.1, 0.1].map(uniform),
      { kind: 'together', groups: 2 },
      'features 0 and 1 are active together but have densities 0.1 and 0.2',
    ],
    [
      'marginals',
      [uniform(0.1)],
      { kind: 'together', groups: 2 },
      'marginal: 1 distributions for 4 features',
    ],
    ['a loading', uniform(0.1), { kind: 'copula', loadings: 1.5 }, 'feature 0 has 1.5'],
    [
      'loadings',
      uniform(0.1),
      { kind: 'copula', loadings: [0.5] },
      'one per feature, 4 here, got [0.5]',
    ],
    ['neither', uniform(0.1), { kind: 'copula' }, 'one per feature, 4 here, got none'],
    [
      'rows of a matrix',
      uniform(0.1),
      { kind: 'copula', matrix: square(0.1, 1).slice(1) },
      'must be 4 lists of 4 numbers',
    ],
    [
      'row of a matrix',
      uniform(0.1),
      { kind: 'copula', matrix: square(0.1, 1).map((row, i) => row.slice(i % 2)) },
      'must be 4 lists of 4 numbers',
    ],
    [
      'size of a matrix',
      uniform(0.1),
      { kind: 'copula', matrix: [[1]] },
      'must be 4 lists of 4 numbers',
    ],
    [
      'diagonal',
      uniform(0.1),
      { kind: 'copula', matrix: square(0.1, 0.9) },
      'entry (0, 0) is 0.9, must be 1',
    ],
    ['no number', uniform(0.1), { kind: 'copula', matrix: square(NaN, 1) }, 'entry (1, 0) is NaN'],
    [
      'indefinite',
      uniform(0.1),
      { kind: 'copula', matrix: square(-0.5, 1) },
      'not positive semidefinite, its smallest eigenvalue is -0.5',
    ],
  ])('%s', (_, marginal, correlation, message) => {
    const inputs = correlated(marginal, correlation as Correlation);
    expect(() => sampleCorrelated(generator(1), inputs, 4, 10)).toThrow(RangeError);
    expect(() => sampleCorrelated(generator(1), inputs, 4, 10)).toThrow(message);
  });

  it('reject an asymmetric matrix, a wrong number of rows, N, or kind', () => {
    const matrix = square(0.1, 1);
    matrix[2][1] = 0.2;
    const inputs = correlated(uniform(0.1), { kind: 'copula', matrix });
    expect(() => sampleCorrelated(generator(1), inputs, 4, 1)).toThrow(
      'entry (2, 1) is 0.2 but (1, 2) is 0.1',
    );
    expect(() => sampleCorrelated(generator(1), uniform(0.1), 4, 0)).toThrow(/^rows: /);
    expect(() => sampleCorrelated(generator(1), uniform(0.1), 0, 4)).toThrow(/^features: /);
    const odd = { ...inputs, kind: 'related' } as unknown as CorrelatedFeatures;
    expect(() => sampleCorrelated(generator(1), odd, 4, 1)).toThrow('must be correlated');
    expect([isCorrelated(inputs), isCorrelated(uniform(1)), isCorrelated([])]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

function square(off: number, diagonal: number): number[][] {
  return Array.from({ length: 4 }, (_, i) =>
    Array.from({ length: 4 }, (__, j) => (i === j ? diagonal : off)),
  );
}

describe('normal probabilities', () => {
  it('have a quantile that inverts the distribution function', () => {
    for (const p of [1e-200, 1e-12, 1e-4, 0.02, 0.3, 0.5]) {
      expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(
        p < 1e-100 ? 1e-12 : 2e-14,
      );
    }
    expect(normalQuantile(0.7)).toBeCloseTo(0.524_400_512_708_041, 14);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });

  it('come from quadrature that is exact for polynomials and adapts to a narrow peak', () => {
    const { nodes, weights } = gaussLegendre(16);
    const integral = sum(nodes.map((x, k) => weights[k] * x ** 30));
    expect(integral).toBeCloseTo(2 / 31, 15);
    expect(integrate((x) => 1e-4 / (x * x + 1e-8), -1, 1, 0)).toBeCloseTo(2 * Math.atan(1e4), 12);
  });

  it('agree with closed forms for orthants at 0', () => {
    for (const r of [-1, -0.999_999, -0.4, 0, 0.5, 0.9999, 1]) {
      expect(bivariateNormalCdf(0, 0, r)).toBeCloseTo(0.25 + Math.asin(r) / (2 * Math.PI), 14);
    }
    // Sheppard's formula in three dimensions.
    const r = [0.3, -0.6, 0.2];
    const between = (a: number, b: number): number => r[a + b - 1];
    expect(normalOrthant([0, 0, 0], between)).toBeCloseTo(
      0.125 + sum(r.map(Math.asin)) / (4 * Math.PI),
      14,
    );
    // All of n normal variables with correlations of 1/2 are below 0 with probability 1 / (n + 1).
    expect(normalOrthant([0, 0, 0, 0], () => 0.5)).toBeCloseTo(0.2, 13);
  });

  it('depend only on the smaller limit under perfect correlation', () => {
    expect(bivariateNormalCdf(-1, 0.4, 1)).toBeCloseTo(normalCdf(-1), 14);
    expect(bivariateNormalCdf(-1, 0.4, -1)).toBeCloseTo(0, 14);
    expect(bivariateNormalCdf(1, 0.4, -1)).toBeCloseTo(normalCdf(1) + normalCdf(0.4) - 1, 14);
    expect(normalOrthant([1, -1, 0.5, 0], () => 1)).toBeCloseTo(normalCdf(-1), 9);
  });

  it('keep their relative precision in the tails', () => {
    // One factor of loading 1/2, by brute force, against the reduction for a full matrix.
    const limit = normalQuantile(1e-4);
    const { nodes, weights } = gaussLegendre(400);
    const direct = sum(
      nodes.map((x, k) => {
        const f = 15 * x;
        const density = Math.exp((-f * f) / 2) / Math.sqrt(2 * Math.PI);
        return 15 * weights[k] * density * normalCdf((limit - 0.5 * f) / Math.sqrt(0.75)) ** 4;
      }),
    );
    const found = normalOrthant([limit, limit, limit, limit], () => 0.25);
    expect(Math.abs(found / direct - 1)).toBeLessThan(1e-10);
  });
});
