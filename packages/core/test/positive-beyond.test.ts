import { describe, expect, it } from 'vitest';
import { symmetricEigen } from '@polysem/numerics/linalg';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { isPositiveBeyond } from '../src/streaming/positive-beyond.ts';
import { gaussianEmbedding } from './fixtures.ts';

describe('isPositiveBeyond', () => {
  it.each([1, 2, 95, 96, 97, 200, 300])(
    'agrees with the smallest eigenvalue of a matrix of %i columns',
    (n) => {
      const s = frameOperator(gaussianEmbedding(n, 2 * n, n));
      const least = symmetricEigen(s, n).values[n - 1];
      // The upper triangle is not read.
      const lower = s.map((x, at) => (at % n > Math.floor(at / n) ? NaN : x));
      // Condition 34, times n roundings.
      expect(isPositiveBeyond(lower.slice(), n, least * (1 - 1e-10))).toBe(true);
      expect(isPositiveBeyond(lower.slice(), n, least * (1 + 1e-10))).toBe(false);
      expect(isPositiveBeyond(lower.slice(), n, 0)).toBe(true);
    },
  );

  it('is false for a matrix that is not positive definite', () => {
    expect(isPositiveBeyond(Float64Array.of(1, 0, 2, 1), 2, 0)).toBe(false);
    expect(isPositiveBeyond(new Float64Array(9), 3, 0)).toBe(false);
    // A last pivot of 0.
    expect(isPositiveBeyond(Float64Array.of(2), 1, 2)).toBe(false);
    expect(isPositiveBeyond(Float64Array.of(4, 0, 2, 1), 2, 0)).toBe(false);
  });
});
