import {
  activeMoments,
  distributionNames,
  distributions,
  jointDensity,
  moments,
  parameterValues,
  resolveInputs,
  sampleInputs,
  type Correlation,
  type FeatureDistribution,
  type FeatureInputs,
  type SparseBatch,
} from '@polysem/core/features';
import { generator } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';

const marginals = [0.3, 0.1, 0.02, 1, 0.5].map((density): FeatureDistribution => ({
  shape: 'uniform-positive',
  density,
  unitVariance: false,
}));
const LOADINGS = [0.8, 0.6, -0.5, 0.3, 0.9];
/** All sets of one to four of the five features. */
const SETS = Array.from({ length: 30 }, (_, mask) =>
  [0, 1, 2, 3, 4].filter((i) => ((mask + 1) >> i) & 1),
);

const withCorrelation = (correlation: Correlation): FeatureInputs => ({
  kind: 'correlated',
  marginal: marginals,
  correlation,
});
const factor = withCorrelation({ kind: 'copula', loadings: LOADINGS });
const matrix = withCorrelation({
  kind: 'copula',
  matrix: LOADINGS.map((a, i) => LOADINGS.map((b, j) => (i === j ? 1 : a * b))),
});

/** Share of rows in which all features of a set are active. */
function share({ rows, rowStarts, indices }: SparseBatch, set: readonly number[]): number {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const active = indices.subarray(rowStarts[row], rowStarts[row + 1]);
    if (set.every((i) => active.includes(i))) count++;
  }
  return count / rows;
}

describe('the probability that all features of a set are active', () => {
  it('is the same for one factor and for the matrix that follows from it', () => {
    const [one, other] = [factor, matrix].map((inputs) => jointDensity(resolveInputs(inputs, 5)));
    for (const set of SETS) {
      // One is a quadrature over the factor, the other one over the orthant.
      expect(other(set) / one(set)).toBeCloseTo(1, 9);
      expect(other(set)).toBe(other(set));
    }
    // The third feature has another sign, and a feature that is always active changes nothing.
    expect(other([0, 2])).toBeLessThan(0.3 * 0.02);
    expect(other([2, 3])).toBeCloseTo(0.02, 14);
  });

  it.each<[string, FeatureInputs]>([
    ['independent', marginals],
    ['a factor', factor],
    ['a matrix', matrix],
    ['one of a group', withCorrelation({ kind: 'one-of', groups: [[0, 1, 4]] })],
  ])('is the share of rows that are drawn: %s', (_, inputs) => {
    const rows = 20_000;
    const batch = sampleInputs(generator(5), inputs, 5, rows);
    const joint = jointDensity(resolveInputs(inputs, 5));
    expect(joint([])).toBeCloseTo(1, 13);
    for (const set of SETS) {
      const p = joint(set);
      expect(Math.abs(share(batch, set) - p)).toBeLessThanOrEqual(
        5 * Math.sqrt((p * (1 - p)) / rows) + 3 / rows,
      );
    }
  });

  it('is refused for a number of rows or features that is no positive integer', () => {
    expect(() => sampleInputs(generator(0), marginals[0], 3, 0.5)).toThrow('rows: must be');
    expect(() => sampleInputs(generator(0), marginals[0], 0, 3)).toThrow('features: must be');
  });
});

describe('moments of an active feature', () => {
  const TAILS = { degreesOfFreedom: 12 };
  const cases = distributionNames.flatMap((shape) =>
    [true, false].map((unitVariance) => ({
      shape,
      density: 0.2,
      unitVariance,
      ...(shape === 'student-t' ? TAILS : {}),
    })),
  );

  it.each(cases)('agree with those of the feature: $shape, $unitVariance', (distribution) => {
    const { density } = distribution;
    const [zeroth, first, second, third, fourth] = activeMoments(distribution);
    const of = moments(distribution);
    const mean = density * first;
    expect(zeroth).toBe(1);
    expect(mean).toBeCloseTo(of.mean, 12);
    expect(density * second - mean ** 2).toBeCloseTo(of.variance, 12);
    expect(density * (third - 3 * second * mean + 3 * first * mean ** 2) - mean ** 3).toBeCloseTo(
      of.thirdCentral,
      11,
    );
    expect(
      density * (fourth - 4 * third * mean + 6 * second * mean ** 2 - 4 * first * mean ** 3) +
        mean ** 4,
    ).toBeCloseTo(of.fourthCentral, 10);
  });

  it('are averages over quantiles', () => {
    for (const shape of ['uniform', 'uniform-positive'] as const) {
      const distribution = { shape, density: 0.2, unitVariance: true };
      const { scale } = moments(distribution);
      const [n, parameters] = [2000, parameterValues(distribution)];
      const values = Array.from(
        { length: n },
        (_, k) => scale * distributions[shape].quantile((k + 0.5) / n, parameters),
      );
      activeMoments(distribution).forEach((moment, order) => {
        const average = values.reduce((sum, x) => sum + x ** order / n, 0);
        // The midpoint rule is wrong by the second derivative over 24 n^2, below 12 (2 scale)^4 / (24 n^2).
        expect(Math.abs(average - moment)).toBeLessThan((8 * scale ** 4) / n ** 2 + 1e-12);
      });
    }
  });

  it('are refused where the fourth is infinite', () => {
    const heavy = { shape: 'student-t', density: 1, unitVariance: false, degreesOfFreedom: 4 };
    expect(() => activeMoments(heavy as FeatureDistribution)).toThrow('must be above 4');
  });
});
