import { describe, expect, it } from 'vitest';
import { marchenkoPasturSpectrum } from '../src/capacity/marchenko-pastur.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { gaussianEmbedding } from './fixtures.ts';

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe('marchenkoPasturSpectrum', () => {
  it.each([
    [400, 1600],
    [400, 3000],
    [1600, 400],
    [500, 500],
  ])('has the moments of the law, %d x %d', (dims, features) => {
    const count = Math.min(dims, features);
    const y = count / Math.max(dims, features);
    const x = marchenkoPasturSpectrum(dims, features, count);
    expect(x).toHaveLength(count);
    // The midpoint rule errs at each end by about the size of the last step, n^(-2/3), in one of n
    // intervals: by n^(-5/3).
    const error = 4 * count ** (-5 / 3);
    expect(Math.abs(sum(x) / count - 1)).toBeLessThan(error);
    expect(Math.abs(sum(x.map((v) => v * v)) / count - (1 + y))).toBeLessThan(8 * error);
    expect(Math.abs(sum(x.map((v) => v ** 3)) / count - (1 + 3 * y + y * y))).toBeLessThan(
      48 * error,
    );
    expect(x.every((value, k) => k === 0 || value <= x[k - 1])).toBe(true);
    expect(x[0]).toBeLessThanOrEqual((1 + Math.sqrt(y)) ** 2);
    expect(x[count - 1]).toBeGreaterThanOrEqual((1 - Math.sqrt(y)) ** 2 - 1e-12);
  });

  it('gives the quarter-circle law of singular values for a square matrix', () => {
    const count = 50;
    const x = marchenkoPasturSpectrum(count, count, count);
    // s in [0, 2] has density sqrt(4 - s^2) / pi.
    const below = (s: number): number =>
      (s * Math.sqrt(4 - s * s) + 4 * Math.asin(s / 2)) / (2 * Math.PI);
    x.forEach((value, k) => expect(below(Math.sqrt(value))).toBeCloseTo(1 - (k + 0.5) / count, 6));
  });

  it('agrees with the eigenvalues of Gaussian matrices', () => {
    for (const [dims, features] of [
      [40, 160],
      [90, 30],
    ]) {
      const { singularValues } = measureCapacity(gaussianEmbedding(dims, features, 5));
      const own = singularValues.map((s) => s * s);
      const expected = marchenkoPasturSpectrum(dims, features, sum(own));
      const width = expected[0] - expected[expected.length - 1];
      own.forEach((value, k) =>
        // Eigenvalues at the ends vary by a few times n^(-2/3) of the width, those in the middle by
        // less.
        expect(Math.abs(value - expected[k])).toBeLessThan(2 * own.length ** (-2 / 3) * width),
      );
    }
  });

  it('gives one eigenvalue for one feature, zeros for a zero trace, and rejects invalid sizes', () => {
    expect(Array.from(marchenkoPasturSpectrum(1, 1_000_000, 3))).toEqual([
      expect.closeTo(3, 2) as number,
    ]);
    expect(Array.from(marchenkoPasturSpectrum(2, 3, 0))).toEqual([0, 0]);
    expect(() => marchenkoPasturSpectrum(0, 3, 1)).toThrow('dims: must be a positive integer');
    expect(() => marchenkoPasturSpectrum(3, 1.5, 1)).toThrow('features: must be');
    expect(() => marchenkoPasturSpectrum(3, 2, NaN)).toThrow('trace: must be finite');
  });
});
