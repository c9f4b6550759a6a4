import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { densityForKurtosis } from '../src/features/density-for-kurtosis.ts';
import { moments } from '../src/features/moments.ts';
import {
  distributionNames,
  type DistributionName,
} from '../src/features/distributions/registry.ts';

const kurtosisAt = (shape: DistributionName, density: number): number =>
  moments({ shape, density, unitVariance: true }).kurtosis;
/** Density at which the sparse branch of a shape ends. */
const densest = (shape: DistributionName): number => (shape === 'uniform-positive' ? 0.8 : 1);
const relative = (actual: number, expected: number): number => Math.abs(actual / expected - 1);

describe('densityForKurtosis', () => {
  it.each(distributionNames)('gives the requested kurtosis for %s', (shape) => {
    const lowest = kurtosisAt(shape, densest(shape));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30, noNaN: true }), (logarithm) => {
        const kurtosis = lowest * Math.exp(logarithm);
        const density = densityForKurtosis({ shape }, kurtosis);
        expect(density).toBeGreaterThan(0);
        expect(density).toBeLessThanOrEqual(densest(shape));
        expect(relative(kurtosisAt(shape, density), kurtosis)).toBeLessThan(1e-12);
      }),
    );
  });

  it.each(distributionNames)('inverts the sparse branch of %s', (shape) => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: -0.01, noNaN: true }), (logarithm) => {
        const density = densest(shape) * Math.exp(logarithm);
        const found = densityForKurtosis({ shape }, kurtosisAt(shape, density));
        expect(relative(found, density)).toBeLessThan(1e-10);
      }),
    );
  });

  it('returns the smaller of two solutions for uniform-positive', () => {
    const smaller = densityForKurtosis({ shape: 'uniform-positive' }, 1.8);
    expect(smaller).toBeCloseTo(2 / 3, 13);
    expect(kurtosisAt('uniform-positive', 1)).toBeCloseTo(1.8, 13);
    // The lowest point of the curve, a double root: the density is known to sqrt(epsilon) only.
    expect(densityForKurtosis({ shape: 'uniform-positive' }, 27 / 16)).toBeCloseTo(0.8, 7);
    for (let density = 0.01; density <= 1; density += 0.01) {
      expect(kurtosisAt('uniform-positive', density)).toBeGreaterThan(27 / 16 - 1e-12);
    }
  });

  it('reaches density 1 at the kurtosis of the shape', () => {
    expect(densityForKurtosis({ shape: 'rademacher' }, 1)).toBe(1);
    expect(densityForKurtosis({ shape: 'uniform' }, 1.8)).toBe(1);
    expect(densityForKurtosis({ shape: 'gaussian' }, 3)).toBe(1);
    expect(densityForKurtosis({ shape: 'laplace' }, 6)).toBe(1);
    expect(densityForKurtosis({ shape: 'student-t' }, 9)).toBeCloseTo(1, 14);
    expect(densityForKurtosis({ shape: 'student-t', degreesOfFreedom: 4.5 }, 40)).toBeCloseTo(
      15 / 40,
      13,
    );
  });

  it('names the attainable range if there is no solution', () => {
    expect(() => densityForKurtosis({ shape: 'gaussian' }, 2.9)).toThrow(
      /kurtosis 3 .*density 1.*2\.9/,
    );
    expect(() => densityForKurtosis({ shape: 'uniform-positive' }, 1.68)).toThrow(/1\.6875/);
    for (const kurtosis of [NaN, Infinity, -1, 0]) {
      expect(() => densityForKurtosis({ shape: 'uniform' }, kurtosis)).toThrow(RangeError);
    }
    expect(() => densityForKurtosis({ shape: 'student-t', degreesOfFreedom: 4 }, 100)).toThrow(
      /^degreesOfFreedom: must be above 4 for kurtosis,/,
    );
    expect(() => densityForKurtosis({ shape: 'cauchy' } as never, 5)).toThrow(/^shape: /);
    expect(() => densityForKurtosis({ shape: 'uniform', degreesOfFreedom: 5 }, 5)).toThrow(
      /^degreesOfFreedom: /,
    );
  });
});
