import { describe, expect, it } from 'vitest';
import {
  checkFeatureDistribution,
  type FeatureDistribution,
} from '../src/features/feature-distribution.ts';
import { moments, type FeatureMoments } from '../src/features/moments.ts';
import { sampleFeatures } from '../src/features/sample.ts';
import {
  distributionNames,
  rawMoment,
  type DistributionName,
} from '../src/features/distributions/registry.ts';
import { generator } from '@polysem/numerics/random';

/** Enough for moments to order 8 to exist. */
const degreesOfFreedom = 12;
const withTails = (shape: DistributionName): { degreesOfFreedom?: number } =>
  shape === 'student-t' ? { degreesOfFreedom } : {};

/** The central moment of x by the binomial theorem from the raw moments of z. */
function central(distribution: FeatureDistribution, order: number): number {
  const { density } = distribution;
  const { mean, scale } = moments(distribution);
  const raw = (i: number): number =>
    i === 0 ? 1 : scale ** i * density * rawMoment(distribution, i);
  let sum = 0;
  let binomial = 1;
  for (let i = 0; i <= order; i++) {
    sum += binomial * raw(i) * (-mean) ** (order - i);
    binomial *= (order - i) / (i + 1);
  }
  return sum;
}

const studentAt = (nu: number): FeatureMoments =>
  moments({ shape: 'student-t', density: 0.5, unitVariance: true, degreesOfFreedom: nu });

describe('moments', () => {
  const cases: FeatureDistribution[] = [];
  for (const shape of distributionNames) {
    for (const density of [1, 0.6, 0.02]) {
      for (const unitVariance of [true, false]) {
        cases.push({ shape, density, unitVariance, ...withTails(shape) });
      }
    }
  }

  it.each(cases)(
    'of $shape, density $density, unitVariance $unitVariance agree with samples',
    (distribution) => {
      const n = 60_000;
      const x = new Float64Array(n);
      sampleFeatures(generator(31), distribution, 1, x);
      const exact = moments(distribution);
      const sums = [0, 0, 0, 0, 0];
      let active = 0;
      for (const value of x) {
        if (value !== 0) active++;
        for (let order = 1; order <= 4; order++) sums[order] += (value - exact.mean) ** order;
      }
      const claimed = [1, 0, exact.variance, exact.thirdCentral, exact.fourthCentral];
      for (let order = 1; order <= 4; order++) {
        const expected = central(distribution, order);
        expect(claimed[order]).toBeCloseTo(expected, 9);
        // The slack is for rademacher, whose even powers have no spread.
        const spread = Math.max(0, central(distribution, 2 * order) - expected ** 2);
        expect(Math.abs(sums[order] / n - expected)).toBeLessThan(5 * Math.sqrt(spread / n) + 1e-9);
      }
      const { density } = distribution;
      expect(Math.abs(active / n - density)).toBeLessThanOrEqual(
        5 * Math.sqrt((density * (1 - density)) / n),
      );
      expect(exact.kurtosis).toBeCloseTo(central(distribution, 4) / central(distribution, 2) ** 2);
    },
  );

  it.each(distributionNames.filter((shape) => rawMoment({ shape }, 1) === 0))(
    'of %s have kurtosis Kurt[z] / density',
    (shape) => {
      const at = (density: number): number =>
        moments({ shape, density, unitVariance: true, ...withTails(shape) }).kurtosis;
      for (const density of [0.9, 0.1, 1e-3, 1e-9]) {
        expect((at(density) * density) / at(1)).toBeCloseTo(1, 12);
      }
    },
  );

  it('have unit variance on request, by scaling alone', () => {
    for (const shape of distributionNames) {
      const plain = moments({ shape, density: 0.3, unitVariance: false, ...withTails(shape) });
      const unit = moments({ shape, density: 0.3, unitVariance: true, ...withTails(shape) });
      expect(unit.variance).toBe(1);
      expect(unit.scale ** 2 * plain.variance).toBeCloseTo(1, 14);
      expect(unit.mean).toBeCloseTo(unit.scale * plain.mean, 14);
      expect(unit.kurtosis).toBe(plain.kurtosis);
      expect(plain.scale).toBe(1);
    }
  });

  it('agree with the paper for sparse uniform data: a = sqrt(3 / p), k = 9 / (5 p)', () => {
    const { scale, kurtosis, mean } = moments({
      shape: 'uniform',
      density: 0.6,
      unitVariance: true,
    });
    expect(scale).toBeCloseTo(Math.sqrt(5), 14);
    expect(kurtosis).toBeCloseTo(3, 14);
    expect(mean).toBe(0);
  });

  it('of student-t diverge one after another as degrees of freedom decrease', () => {
    expect(studentAt(4.5).kurtosis).toBeCloseTo((2 * 3 * 2.5) / 0.5, 10);
    expect(studentAt(4)).toMatchObject({
      kurtosis: Infinity,
      fourthCentral: Infinity,
      thirdCentral: 0,
    });
    expect(studentAt(3)).toMatchObject({ kurtosis: Infinity, variance: 1, mean: 0 });
    expect(studentAt(3).thirdCentral).toBeNaN();
  });
});

describe('checkFeatureDistribution', () => {
  const good = { shape: 'uniform', density: 0.5, unitVariance: true } as const;

  it('accepts valid distributions', () => {
    for (const shape of distributionNames) {
      for (const density of [1, 1e-300]) {
        const given = { ...good, shape, density, ...withTails(shape) };
        expect(() => checkFeatureDistribution(given)).not.toThrow();
        expect(moments(given).variance).toBe(1);
      }
    }
    const heavy = { ...good, shape: 'student-t', degreesOfFreedom: 2.001 } as const;
    expect(() => checkFeatureDistribution(heavy)).not.toThrow();
  });

  it.each([
    [{ density: 0 }, /^density: .*\(0, 1\].* 0; .*sparsity/],
    [{ density: 1.01 }, /^density: .*1\.01/],
    [{ density: NaN }, /^density: .*NaN/],
    [{ density: '0.5' }, /^density: /],
    [{ shape: 'cauchy' }, /^shape: .*"cauchy".*gaussian, laplace/],
    [{ shape: 'toString' }, /^shape: /],
    [{ shape: 'student-t', degreesOfFreedom: 2 }, /^degreesOfFreedom: .*above 2.*got 2;/],
    [{ shape: 'student-t', degreesOfFreedom: Infinity }, /^degreesOfFreedom: .*gaussian/],
    [{ degreesOfFreedom: 5 }, /^degreesOfFreedom: .*student-t, got 5 for uniform; leave/],
    [{ unitVariance: undefined }, /^unitVariance: .*undefined/],
  ])('rejects %o', (change, message) => {
    const bad = { ...good, ...change } as unknown as FeatureDistribution;
    expect(() => checkFeatureDistribution(bad)).toThrow(RangeError);
    expect(() => checkFeatureDistribution(bad)).toThrow(message);
    expect(() => moments(bad)).toThrow(message);
  });
});
