import { describe, expect, it } from 'vitest';
import { validateDistribution, type FeatureDistribution } from '../src/features/distribution.ts';
import { moments, type FeatureMoments } from '../src/features/moments.ts';
import { sampleFeatures } from '../src/features/sample.ts';
import {
  defaultDegreesOfFreedom,
  rawMoment,
  shapes,
  type FeatureShape,
} from '../src/features/shapes.ts';
import { generator } from '@polysem/numerics/random';

const shapeNames = Object.keys(shapes) as FeatureShape[];
/** Enough for moments to order 8 to exist. */
const degreesOfFreedom = 12;
const withTails = (shape: FeatureShape): { degreesOfFreedom?: number } =>
  shape === 'student-t' ? { degreesOfFreedom } : {};

/** The integral of f over (0, infinity): trapezoids after z = exp(sinh t), exact to rounding. */
function integrate(f: (z: number) => number): number {
  const step = 1 / 128;
  let sum = 0;
  for (let t = -6; t <= 6; t += step) {
    const z = Math.exp(Math.sinh(t));
    const value = f(z) * z * Math.cosh(t);
    if (Number.isFinite(value)) sum += value;
  }
  return sum * step;
}

/** Densities on z > 0, up to a constant; all but the uniform one are smooth there. */
const smooth: Partial<Record<FeatureShape, (z: number) => number>> = {
  gaussian: (z) => Math.exp((-z * z) / 2),
  laplace: (z) => Math.exp(-z),
  'student-t': (z) => (1 + (z * z) / degreesOfFreedom) ** (-(degreesOfFreedom + 1) / 2),
};

describe('rawMoment', () => {
  it.each(Object.entries(smooth))('of %s agrees with quadrature to order 8', (name, density) => {
    const total = integrate(density);
    for (let order = 2; order <= 8; order += 2) {
      const expected = integrate((z) => z ** order * density(z)) / total;
      const exact = rawMoment(name as FeatureShape, order, degreesOfFreedom);
      expect(Math.abs(exact / expected - 1)).toBeLessThan(1e-10);
      expect(rawMoment(name as FeatureShape, order - 1, degreesOfFreedom)).toBe(0);
    }
  });

  it.each([
    ['uniform', [1, 0, 1 / 3, 0, 1 / 5, 0, 1 / 7, 0, 1 / 9]],
    ['uniform-positive', [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6, 1 / 7, 1 / 8, 1 / 9]],
    ['gaussian', [1, 0, 1, 0, 3, 0, 15, 0, 105]],
    ['laplace', [1, 0, 2, 0, 24, 0, 720, 0, 40320]],
    ['rademacher', [1, 0, 1, 0, 1, 0, 1, 0, 1]],
  ] as const)('of %s is known', (shape, expected) => {
    expect(expected.map((_, order) => rawMoment(shape, order))).toEqual(expected);
  });

  it('of student-t ends below its degrees of freedom', () => {
    expect(rawMoment('student-t', 2, 6)).toBe(1.5);
    expect(rawMoment('student-t', 5, 6)).toBe(0);
    expect(rawMoment('student-t', 6, 6)).toBe(Infinity);
    expect(rawMoment('student-t', 7, 6)).toBeNaN();
    expect(rawMoment('student-t', 2)).toBe(rawMoment('student-t', 2, defaultDegreesOfFreedom));
  });

  it('refuses an order which is none', () => {
    for (const order of [-1, 1.5, NaN])
      expect(() => rawMoment('uniform', order)).toThrow(RangeError);
  });
});

/** The central moment of x by the binomial theorem from the raw moments of z. */
function central(distribution: FeatureDistribution, order: number): number {
  const { shape, density } = distribution;
  const { mean, scale } = moments(distribution);
  const raw = (i: number): number =>
    i === 0 ? 1 : scale ** i * density * rawMoment(shape, i, degreesOfFreedom);
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
  for (const shape of shapeNames) {
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
      sampleFeatures(distribution, 1, generator(31), x);
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

  it.each(shapeNames.filter((shape) => rawMoment(shape, 1) === 0))(
    'of %s have kurtosis Kurt[z] / density',
    (shape) => {
      const at = (density: number): number =>
        moments({ shape, density, unitVariance: true, ...withTails(shape) }).kurtosis;
      for (const density of [0.9, 0.1, 1e-3, 1e-9]) {
        expect((at(density) * density) / at(1)).toBeCloseTo(1, 12);
      }
    },
  );

  it('have unit variance where asked, by pure scaling', () => {
    for (const shape of shapeNames) {
      const plain = moments({ shape, density: 0.3, unitVariance: false, ...withTails(shape) });
      const unit = moments({ shape, density: 0.3, unitVariance: true, ...withTails(shape) });
      expect(unit.variance).toBe(1);
      expect(unit.scale ** 2 * plain.variance).toBeCloseTo(1, 14);
      expect(unit.mean).toBeCloseTo(unit.scale * plain.mean, 14);
      expect(unit.kurtosis).toBe(plain.kurtosis);
      expect(plain.scale).toBe(1);
    }
  });

  it("are the paper's for sparse uniform data: a = sqrt(3 / p), k = 9 / (5 p)", () => {
    const { scale, kurtosis, mean } = moments({
      shape: 'uniform',
      density: 0.6,
      unitVariance: true,
    });
    expect(scale).toBeCloseTo(Math.sqrt(5), 14);
    expect(kurtosis).toBeCloseTo(3, 14);
    expect(mean).toBe(0);
  });

  it('of student-t diverge one after the other', () => {
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

describe('validateDistribution', () => {
  const good = { shape: 'uniform', density: 0.5, unitVariance: true } as const;

  it('passes what is valid', () => {
    for (const shape of shapeNames) {
      for (const density of [1, 1e-300]) validateDistribution({ ...good, shape, density });
    }
    validateDistribution({ ...good, shape: 'student-t', degreesOfFreedom: 2.001 });
  });

  it.each([
    [{ density: 0 }, /^density: .*\(0, 1\].* 0; .*sparsity/],
    [{ density: 1.01 }, /^density: .*1\.01/],
    [{ density: NaN }, /^density: .*NaN/],
    [{ density: '0.5' }, /^density: /],
    [{ shape: 'cauchy' }, /^shape: .*"cauchy".*uniform, uniform-positive, gaussian, laplace/],
    [{ shape: 'toString' }, /^shape: /],
    [{ shape: 'student-t', degreesOfFreedom: 2 }, /^degreesOfFreedom: .*above 2.* 2;/],
    [{ shape: 'student-t', degreesOfFreedom: Infinity }, /^degreesOfFreedom: .*gaussian/],
    [{ degreesOfFreedom: 5 }, /^degreesOfFreedom: .*student-t only, got 5 for uniform; leave/],
    [{ unitVariance: undefined }, /^unitVariance: .*undefined/],
  ])('refuses %o', (change, message) => {
    const bad = { ...good, ...change } as unknown as FeatureDistribution;
    expect(() => validateDistribution(bad)).toThrow(RangeError);
    expect(() => validateDistribution(bad)).toThrow(message);
    expect(() => moments(bad)).toThrow(message);
  });
});
