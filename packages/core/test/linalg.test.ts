import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { gram } from '../src/embedding/gram.ts';
import { rescaled } from '../src/embedding/power-of-two-scale.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { symmetricEigen } from '@polysem/numerics/linalg';
import { semidefiniteCholesky } from '../../numerics/src/linalg/semidefinite-cholesky.ts';
import { generator } from '@polysem/numerics/random';
import { normal } from '@polysem/numerics/random';
import { gaussianEmbedding } from './fixtures.ts';

describe('symmetricEigen', () => {
  it('reconstructs random matrices from orthonormal eigenvectors', () => {
    const g = generator(1);
    for (const n of [1, 2, 3, 7, 40, 120]) {
      const a = new Float64Array(n * n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = normal(g);
      const { values, vectors } = symmetricEigen(a, n);
      const norm = Math.max(...values.map(Math.abs));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let rebuilt = 0;
          let dot = 0;
          for (let k = 0; k < n; k++) {
            rebuilt += values[k] * vectors[k * n + i] * vectors[k * n + j];
            dot += vectors[i * n + k] * vectors[j * n + k];
          }
          expect(Math.abs(rebuilt - a[i * n + j])).toBeLessThan(20 * n * Number.EPSILON * norm);
          expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(20 * n * Number.EPSILON);
        }
      }
      for (let k = 1; k < n; k++) expect(values[k - 1]).toBeGreaterThanOrEqual(values[k]);
    }
  });

  it('finds the spectrum of the second difference matrix, 2 - 2 cos(k pi / (n + 1))', () => {
    const n = 50;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2;
      if (i > 0) a[i * n + i - 1] = -1;
    }
    const { values } = symmetricEigen(a, n);
    for (let k = 1; k <= n; k++) {
      expect(values[n - k]).toBeCloseTo(2 - 2 * Math.cos((k * Math.PI) / (n + 1)), 13);
    }
  });

  it('handles zero, diagonal and repeated spectra and rejects NaN', () => {
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
    expect([...symmetricEigen(Float64Array.of(1, 0, 0, 5), 2).values]).toEqual([5, 1]);
    const ones = new Float64Array(16).fill(1);
    const values = symmetricEigen(ones, 4).values;
    expect(values[0]).toBeCloseTo(4, 14);
    expect(Math.abs(values[3])).toBeLessThan(1e-15);
    expect(() => symmetricEigen(Float64Array.of(NaN), 1)).toThrow(RangeError);
  });
});

describe('frameOperator', () => {
  it('computes W W^T, with and without weights', () => {
    const w = gaussianEmbedding(5, 11, 3);
    const weights = Float64Array.from({ length: 11 }, (_, i) => i / 3);
    const plain = frameOperator(w);
    const weighted = frameOperator(w, weights);
    for (let r = 0; r < 5; r++) {
      for (let c = 0; c < 5; c++) {
        let sum = 0;
        let weightedSum = 0;
        for (let i = 0; i < 11; i++) {
          const product = w.data[i * 5 + r] * w.data[i * 5 + c];
          sum += product;
          weightedSum += weights[i] * product;
        }
        expect(plain[r * 5 + c]).toBeCloseTo(sum, 12);
        expect(weighted[r * 5 + c]).toBeCloseTo(weightedSum, 12);
      }
    }
  });

  it('has the same squared sum as the Gram matrix', () => {
    const w = gaussianEmbedding(4, 9, 5);
    const squares = (m: Float64Array): number => m.reduce((sum, x) => sum + x * x, 0);
    expect(squares(frameOperator(w))).toBeCloseTo(squares(gram(w)), 10);
  });
});

describe('leftSingular', () => {
  it('finds small singular values that one pass over W W^T would lose', () => {
    // Singular values 1, 1e-3, .., 1e-12 with random singular vectors.
    const lengths = [1, 1e-3, 1e-6, 1e-9, 1e-12];
    const q = leftSingular(gaussianEmbedding(6, 30, 7)).vectors;
    const p = leftSingular(gaussianEmbedding(12, 40, 8)).vectors;
    const w = embedding(6, 12);
    lengths.forEach((sigma, k) => {
      for (let i = 0; i < 12; i++) {
        for (let d = 0; d < 6; d++) w.data[i * 6 + d] += sigma * p[k * 12 + i] * q[k * 6 + d];
      }
    });
    const found = leftSingular(w);
    expect(found.rank).toBe(5);
    // Rounding of W is 1e-16 of the largest entry, and so is the error of sigma; each pass adds 1e-8 of sigma.
    lengths.forEach((sigma, k) => {
      expect(Math.abs(found.values[k] - sigma)).toBeLessThan(1e-7 * sigma + 2e-15);
    });
  });

  it('scales exactly with powers of two, also where squares overflow or underflow', () => {
    for (const [dims, features] of [
      [5, 9],
      [9, 5],
    ]) {
      const w = gaussianEmbedding(dims, features, 3);
      w.data.fill(0, 0, dims);
      const found = leftSingular(w);
      for (const factor of [2 ** -900, 2 ** -400, 2 ** 400, 2 ** 900]) {
        const scaled = leftSingular(rescaled(w, factor));
        expect(scaled).toEqual({
          ...found,
          values: found.values.map((sigma) => sigma * factor),
          tolerance: found.tolerance * factor,
        });
      }
    }
  });

  it('refuses a number that is not finite', () => {
    expect(() => leftSingular(embedding(2, 2, Float64Array.of(1, 2, 3, -Infinity)))).toThrow(
      'leftSingular: feature 1 has -Infinity in dimension 1',
    );
  });

  it('counts values above the tolerance, and not the tolerance itself', () => {
    // max(N, D) 2^-52 of the largest is 2^-51 here; powers of two are exact.
    const rankWith = (small: number): number =>
      leftSingular(embedding(2, 2, Float64Array.of(1, 0, 0, small))).rank;
    expect(rankWith(2 ** -51)).toBe(1);
    expect(rankWith(2 ** -50)).toBe(2);
  });

  it('finds the same values for W and its transpose, with orthonormal vectors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        fc.nat(),
        (dims, features, decades, seed) => {
          const w = gaussianEmbedding(dims, features, seed);
          for (let i = 0; i < features; i++) {
            for (let d = 0; d < dims; d++)
              w.data[i * dims + d] *= 10 ** ((-decades * i) / features);
          }
          const transposed = embedding(features, dims);
          w.data.forEach((x, at) => {
            transposed.data[(at % dims) * features + Math.floor(at / dims)] = x;
          });
          const [a, b] = [leftSingular(w), leftSingular(transposed)];
          expect(a.rank).toBe(b.rank);
          a.values.forEach((sigma, k) =>
            expect(Math.abs(sigma / b.values[k] - 1)).toBeLessThan(1e-6),
          );
          for (const { rank, vectors } of [a, b]) {
            const length = vectors.length / rank;
            for (let k = 0; k < rank; k++) {
              for (let j = 0; j <= k; j++) {
                let dot = 0;
                for (let d = 0; d < length; d++)
                  dot += vectors[k * length + d] * vectors[j * length + d];
                expect(Math.abs(dot - (j === k ? 1 : 0))).toBeLessThan(1e-12);
              }
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('needs no D x D matrix for few vectors', () => {
    const w = gaussianEmbedding(60_000, 3, 1);
    expect(leftSingular(w).rank).toBe(3);
  });

  it('never finds more directions than the rank of a product of thin factors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        fc.nat(),
        (dims, features, inner, decades, seed) => {
          const left = gaussianEmbedding(dims, inner, seed);
          const right = gaussianEmbedding(inner, features, seed + 1);
          const w = embedding(dims, features);
          for (let i = 0; i < features; i++) {
            for (let k = 0; k < inner; k++) {
              const factor = right.data[i * inner + k] * 10 ** ((-decades * k) / inner);
              for (let d = 0; d < dims; d++)
                w.data[i * dims + d] += factor * left.data[k * dims + d];
            }
          }
          expect(leftSingular(w).rank).toBeLessThanOrEqual(Math.min(dims, features, inner));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('semidefiniteCholesky', () => {
  it('factors matrices of any rank into a trapezoid with as many columns', () => {
    for (const [n, rank] of [
      [1, 1],
      [4, 4],
      [9, 3],
      [30, 30],
      [60, 7],
    ]) {
      const { data } = gaussianEmbedding(rank, n, n + rank);
      const length = (i: number): number => Math.hypot(...data.subarray(i * rank, (i + 1) * rank));
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let dot = 0;
          for (let k = 0; k < rank; k++) dot += data[i * rank + k] * data[j * rank + k];
          matrix[i * n + j] = dot / length(i) / length(j);
        }
      }
      const found = semidefiniteCholesky(matrix, n);
      expect(found.rank).toBe(rank);
      for (let i = 0; i < n; i++) {
        for (let k = Math.min(rank, i + 1); k < rank; k++)
          expect(found.factor[i * rank + k]).toBe(0);
        for (let j = 0; j < n; j++) {
          let dot = 0;
          for (let k = 0; k < rank; k++)
            dot += found.factor[i * rank + k] * found.factor[j * rank + k];
          // The neglected part is below n 2^-50 on the diagonal and below its square root elsewhere.
          expect(Math.abs(dot - matrix[i * n + j])).toBeLessThan(Math.sqrt(n * 2 ** -50));
        }
      }
    }
  });

  it('skips rows that depend on earlier rows', () => {
    const ones = semidefiniteCholesky(Float64Array.of(1, -1, 0, -1, 1, 0, 0, 0, 1), 3);
    expect(ones.rank).toBe(2);
    expect([...ones.factor].map((x) => x + 0)).toEqual([1, 0, -1, 0, 0, 1]);
  });
});
