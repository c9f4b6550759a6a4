import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedding, featureVector, type Embedding } from '../src/embedding/embedding.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { generator } from '@polysem/numerics/random';
import { gram } from '../src/embedding/gram.ts';
import { polarFactor } from '../src/embedding/polar.ts';
import { rescaled } from '../src/embedding/power-of-two-scale.ts';
import { turnedOnto } from '../src/embedding/turned-onto.ts';
import { randomOrthogonal, randomTightFrame } from '../src/geometry/random-tight-frame.ts';
import { completeOrthonormalRows } from '../../numerics/src/linalg/orthonormal-rows.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { fromIdentity, shape, squaredDistance } from './efficient-cases.ts';

/** A product of Gaussian matrices. */
function ofRank(dims: number, features: number, rank: number, seed: number): Embedding {
  const left = gaussianEmbedding(dims, rank, seed);
  const right = gaussianEmbedding(rank, features, seed + 1);
  const out = embedding(dims, features);
  for (let i = 0; i < features; i++) {
    for (let k = 0; k < rank; k++) {
      for (let d = 0; d < dims; d++) {
        out.data[i * dims + d] += left.data[k * dims + d] * right.data[i * rank + k];
      }
    }
  }
  return out;
}

describe('polarFactor', () => {
  it('has orthonormal rows and the nuclear norm as inner product, for any rank', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 8 }), ({ dims, more, seed }, rank) => {
        const features = dims + more;
        const m = ofRank(dims, features, Math.min(rank, dims), seed);
        const { factor, nuclear } = polarFactor(m);
        expect(fromIdentity(frameOperator(factor), dims)).toBeLessThan(1e-12);
        const inner = sum(Array.from(m.data, (x, j) => x * factor.data[j]));
        expect(inner).toBeCloseTo(nuclear, 9);
        expect(nuclear).toBeCloseTo(sum(leftSingular(m).values), 9);
      }),
      { numRuns: 300 },
    );
  });

  it('is nearer than other matrices with orthonormal rows', () => {
    for (let seed = 0; seed < 50; seed++) {
      const m = gaussianEmbedding(3, 7, seed);
      const best = squaredDistance(m, polarFactor(m).factor);
      for (let other = 0; other < 20; other++) {
        const frame = randomTightFrame(generator(1000 * seed + other), 7, 3);
        expect(squaredDistance(m, frame)).toBeGreaterThanOrEqual(best);
      }
    }
  });

  it('has orthonormal rows where singular values differ by many orders of magnitude', () => {
    for (const ratio of [1e-2, 1e-4, 1e-6]) {
      const m = gaussianEmbedding(3, 7, 4);
      m.data.forEach((x, at) => (m.data[at] = x * ratio ** (at % 3)));
      expect(fromIdentity(frameOperator(polarFactor(m).factor), 3)).toBeLessThan(1e-14);
    }
  });

  it.each([
    [1, 0.1, 0.01],
    [1, 2 ** -13, 2 ** -13.9],
    [1, 2 ** -13, 2 ** -14.1],
    [1, 1e-4, 1e-9],
    [1, 1e-7, 1e-12],
  ])('is U V^T of U diag(%d, %d, %d) V^T', (...sigma) => {
    for (let seed = 0; seed < 5; seed++) {
      const u = randomOrthogonal(generator(seed), 3);
      const v = randomTightFrame(generator(100 + seed), 7, 3).data;
      const product = (weights: readonly number[]): Embedding => {
        const out = embedding(3, 7);
        for (let i = 0; i < 7; i++)
          for (let k = 0; k < 3; k++)
            for (let d = 0; d < 3; d++)
              out.data[i * 3 + d] += weights[k] * u[k * 3 + d] * v[i * 3 + k];
        return out;
      };
      const { factor, nuclear } = polarFactor(product(sigma));
      expect(fromIdentity(frameOperator(factor), 3)).toBeLessThan(1e-14);
      // Singular values from one decomposition of S have an error of 2^-52 over their ratio, down to 2^-13.
      expect(Math.abs(nuclear - sum(sigma))).toBeLessThan(10 * 2 ** (13 - 52));
      // Roundings of the matrix turn the factor by 2^-52 over the least singular value. Those of S turn two of its eigenvectors
      // by 2^-52 over the difference of their eigenvalues, which cancels but for unequal singular values.
      let turn = 1 / sigma[2];
      for (const [one, other] of [
        [sigma[0], sigma[1]],
        [sigma[0], sigma[2]],
        [sigma[1], sigma[2]],
      ])
        turn += ((one / other + other / one) / 2 - 1) / (one ** 2 - other ** 2);
      const error = Math.sqrt(squaredDistance(factor, product([1, 1, 1])));
      expect(error).toBeLessThan(10 * 2 ** -52 * turn);
    }
  });

  it('rejects more rows than columns', () => {
    expect(() => polarFactor(embedding(3, 2))).toThrow(RangeError);
  });
});

describe('turnedOnto', () => {
  it('undoes any rotation or reflection, for any rank, and keeps inner products', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 1, max: 8 }), ({ dims, more, seed }, rank) => {
        const features = dims + more;
        const w = ofRank(dims, features, Math.min(rank, dims), seed);
        const { data: q } = randomTightFrame(generator(seed), dims, dims);
        const target = embedding(dims, features);
        for (let i = 0; i < features; i++) {
          for (let k = 0; k < dims; k++) {
            for (let d = 0; d < dims; d++)
              target.data[i * dims + d] += q[k * dims + d] * w.data[i * dims + k];
          }
        }
        const turned = turnedOnto(w, target);
        turned.data.forEach((x, j) => expect(x).toBeCloseTo(target.data[j], 9));
        gram(turned).forEach((x, j) => expect(x).toBeCloseTo(gram(w)[j], 9));
      }),
      { numRuns: 100 },
    );
  });

  it('turns by the features that both have', () => {
    const w = randomTightFrame(generator(1), 6, 3);
    const { data: q } = randomTightFrame(generator(2), 3, 3);
    // Features 5, 4 and 3 of w, turned.
    const target = embedding(3, 3);
    const pairs = [0, 1, 2].map((other) => [5 - other, other] as const);
    for (const [own, other] of pairs) {
      for (let k = 0; k < 3; k++) {
        for (let d = 0; d < 3; d++)
          target.data[other * 3 + d] += q[k * 3 + d] * w.data[own * 3 + k];
      }
    }
    const turned = turnedOnto(w, target, pairs);
    for (const [own, other] of pairs)
      featureVector(turned, own).forEach((x, d) =>
        expect(x).toBeCloseTo(target.data[other * 3 + d], 9),
      );
    gram(turned).forEach((x, j) => expect(x).toBeCloseTo(gram(w)[j], 9));
    expect(() => turnedOnto(w, target, [[6, 0]])).toThrow('no features 6 and 0');
    expect(() => turnedOnto(w, target, [[0, 3]])).toThrow('no features 0 and 3');
    expect(() => turnedOnto(w, embedding(2, 6), pairs)).toThrow('cannot be turned onto');
    expect(() => turnedOnto(w, target)).toThrow(
      'turnedOnto: 6 features in 3 dimensions cannot be turned onto 3 features in 3',
    );
    expect(() => turnedOnto(w, target, [[0, -1]])).toThrow('no features 0 and -1');
  });

  it('turns embeddings whose products overflow or underflow', () => {
    const [w, target] = [1, 2].map((seed) => randomTightFrame(generator(seed), 6, 3));
    const turned = turnedOnto(w, target);
    for (const [small, large] of [
      [2 ** -800, 2 ** 900],
      [2 ** 600, 2 ** 600],
    ])
      expect(turnedOnto(rescaled(w, small), rescaled(target, large))).toEqual(
        rescaled(turned, small),
      );
  });

  it('rejects a target of another size', () => {
    expect(() => turnedOnto(embedding(2, 3), embedding(3, 3))).toThrow(
      'turnedOnto: 3 features in 2 dimensions cannot be turned onto 3 features in 3',
    );
  });
});

describe('completeOrthonormalRows', () => {
  it('completes any orthonormal rows', () => {
    for (let seed = 0; seed < 30; seed++) {
      const n = 1 + (seed % 9);
      const rows = randomOrthogonal(generator(seed), n);
      const from = seed % (n + 1);
      const kept = rows.slice(0, from * n);
      rows.fill(0, from * n);
      completeOrthonormalRows(rows, from, n);
      expect(rows.slice(0, from * n)).toEqual(kept);
      expect(fromIdentity(gram(embedding(n, n, rows)), n)).toBeLessThan(1e-12);
    }
  });
});
