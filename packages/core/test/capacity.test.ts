import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveRank, participationRatio } from '../src/capacity/spectral.ts';
import { efficiency, summarise } from '../src/capacity/summary.ts';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { gaussianBaseline } from '../src/capacity/gaussian-baseline.ts';
import { gram } from '../src/embedding/gram.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { mutualCoherence, welchBound } from '../src/capacity/coherence.ts';
import { symmetricEigen } from '@polysem/numerics/linalg';
import { gaussianEmbedding, sum } from './fixtures.ts';

/** Capacities by the definition, through the N x N Gram matrix: the reference that measureCapacity avoids. */
function capacitiesByDefinition(w: Embedding): number[] {
  const g = gram(w);
  const n = w.features;
  return Array.from({ length: n }, (_, i) => {
    const own = g[i * n + i];
    if (own === 0) return 0;
    let all = 0;
    for (let j = 0; j < n; j++) all += g[i * n + j] ** 2;
    return own ** 2 / all;
  });
}

function polygon(corners: number): Embedding {
  return embeddingFromVectors(
    Array.from({ length: corners }, (_, i) => [
      Math.cos((2 * Math.PI * i) / corners),
      Math.sin((2 * Math.PI * i) / corners),
    ]),
  );
}

/** Embeddings of all kinds: tiny and huge entries, zero vectors, duplicates, N below and above D. */
const anyEmbedding = fc
  .record({
    dims: fc.integer({ min: 1, max: 6 }),
    features: fc.integer({ min: 1, max: 14 }),
    seed: fc.nat(),
    exponent: fc.integer({ min: -140, max: 140 }),
    zeros: fc.array(fc.nat({ max: 13 }), { maxLength: 3 }),
    copies: fc.array(fc.tuple(fc.nat({ max: 13 }), fc.nat({ max: 13 })), { maxLength: 3 }),
    spread: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ dims, features, seed, exponent, zeros, copies, spread }) => {
    const w = gaussianEmbedding(dims, features, seed);
    for (let i = 0; i < features; i++) {
      for (let d = 0; d < dims; d++)
        w.data[i * dims + d] *= 10 ** (exponent - (spread * i) / features);
    }
    const row = (i: number) => w.data.subarray((i % features) * dims, ((i % features) + 1) * dims);
    for (const [from, to] of copies) row(to).set(row(from));
    for (const i of zeros) row(i).fill(0);
    return w;
  });

describe('measureCapacity', () => {
  it('gives the published capacities of arrangements in the paper and in Elhage et al. 2022', () => {
    const capacities = (w: Embedding) => [...measureCapacity(w).capacity];
    const all = (w: Embedding, value: number) => {
      for (const c of capacities(w)) expect(c).toBeCloseTo(value, 13);
    };
    all(embeddingFromVectors([[1], [-1]]), 1 / 2);
    all(polygon(3), 2 / 3);
    all(polygon(5), 2 / 5);
    all(
      embeddingFromVectors([
        [1, 1, 1],
        [1, -1, -1],
        [-1, 1, -1],
        [-1, -1, 1],
      ]),
      3 / 4,
    );
    all(
      embeddingFromVectors([
        [1, 0, 0],
        [-1, 0, 0],
        [0, 1, 0],
        [0, -1, 0],
        [0, 0, 1],
        [0, 0, -1],
      ]),
      1 / 2,
    );
    // Acute pair at 30 degrees: 1 / (1 + cos^2 30) = 4/7.
    all(
      embeddingFromVectors([
        [1, 0],
        [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)],
      ]),
      4 / 7,
    );
    const antiprism = (z: number) =>
      embeddingFromVectors(
        Array.from({ length: 8 }, (_, i) => {
          const angle = (Math.PI * i) / 4;
          const r = Math.sqrt(1 - z * z);
          return [r * Math.cos(angle), r * Math.sin(angle), i % 2 ? -z : z];
        }),
      );
    all(antiprism(1 / Math.sqrt(3)), 3 / 8);
    // The Thomson antiprism is not tight, and stays below 3/8.
    expect(capacities(antiprism(0.56))[0]).toBeCloseTo(0.3744, 3);
    expect(capacities(antiprism(0.56))[0]).toBeLessThan(3 / 8 - 5e-4);
    // Triangular bipyramid: apexes 1/2, equator 2/3.
    const bipyramid = capacities(
      embeddingFromVectors([
        [0, 0, 1],
        [0, 0, -1],
        ...[0, 1, 2].map((i) => [
          Math.cos((2 * Math.PI * i) / 3),
          Math.sin((2 * Math.PI * i) / 3),
          0,
        ]),
      ]),
    );
    [1 / 2, 1 / 2, 2 / 3, 2 / 3, 2 / 3].forEach((c, i) => expect(bipyramid[i]).toBeCloseTo(c, 13));
    // An unequal antipodal pair and an orthogonal vector: .1, .9 and 1 with n proportional to C.
    const unequal = capacities(
      embeddingFromVectors([
        [3, 0],
        [0, Math.sqrt(0.1)],
        [0, -Math.sqrt(0.9)],
      ]),
    );
    [1, 0.1, 0.9].forEach((c, i) => expect(unequal[i]).toBeCloseTo(c, 13));
  });

  it('agrees with the definition by the Gram matrix', () => {
    fc.assert(
      fc.property(anyEmbedding, (w) => {
        const largest = Math.max(...w.data.map(Math.abs)) || 1;
        const unit = embedding(
          w.dims,
          w.features,
          w.data.map((x) => x / largest),
        );
        const expected = capacitiesByDefinition(unit);
        const { capacity } = measureCapacity(w);
        expected.forEach((c, i) => expect(Math.abs(capacity[i] - c)).toBeLessThan(1e-7));
      }),
      { numRuns: 1000 },
    );
  });

  it('satisfies 0 <= C <= C~ <= 1 and sum C <= rank = sum C~ <= min(N, D), without NaN', () => {
    fc.assert(
      fc.property(anyEmbedding, (w) => {
        const m = measureCapacity(w);
        for (let i = 0; i < w.features; i++) {
          expect(m.capacity[i]).toBeGreaterThanOrEqual(0);
          expect(m.leverage[i]).toBeLessThanOrEqual(1);
          expect(m.capacity[i]).toBeLessThanOrEqual(m.leverage[i] * (1 + 1e-12));
          expect(m.interference[i]).toBeGreaterThanOrEqual(0);
          const isZero = w.data.subarray(i * w.dims, (i + 1) * w.dims).every((x) => x === 0);
          if (isZero)
            expect([m.capacity[i], m.leverage[i], m.squaredNorm[i], m.interference[i]]).toEqual([
              0, 0, 0, 0,
            ]);
        }
        expect(sum(m.capacity)).toBeLessThanOrEqual(m.rank + 1e-9);
        expect(Math.abs(sum(m.leverage) - m.rank)).toBeLessThan(1e-6);
        expect(m.rank).toBeLessThanOrEqual(Math.min(w.dims, w.features));
        expect(efficiency(m)).toBeLessThanOrEqual(1);
        if (m.rank > 0) expect(sum(m.capacity)).toBeGreaterThan(1 - 1e-9);
      }),
      { numRuns: 1000 },
    );
  });

  it('is invariant under rotation, permutation, a global scale and sign flips', () => {
    fc.assert(
      fc.property(anyEmbedding, fc.nat(), (w, seed) => {
        const { dims, features } = w;
        const before = measureCapacity(w);
        const mix = gaussianEmbedding(dims, dims + 2, seed);
        const s = new Float64Array(dims * dims);
        for (let r = 0; r < dims; r++)
          for (let c = 0; c < dims; c++)
            s[r * dims + c] = mix.data[r * dims + c] + mix.data[c * dims + r];
        const q = symmetricEigen(s, dims).vectors;
        const order = Array.from({ length: features }, (_, i) => (i * 5 + seed) % features);
        const permuted =
          new Set(order).size === features ? order : order.map((_, i) => features - 1 - i);
        const moved = embedding(dims, features);
        permuted.forEach((from, to) => {
          for (let r = 0; r < dims; r++) {
            let x = 0;
            for (let c = 0; c < dims; c++) x += q[r * dims + c] * w.data[from * dims + c];
            moved.data[to * dims + r] = x * (to % 2 ? -3 : 3);
          }
        });
        const after = measureCapacity(moved);
        permuted.forEach((from, to) => {
          expect(Math.abs(after.capacity[to] - before.capacity[from])).toBeLessThan(1e-7);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('gives a leverage that is invariant under invertible maps of the space, unlike capacity', () => {
    const w = gaussianEmbedding(3, 7, 11);
    const stretched = embedding(
      3,
      7,
      w.data.map((x, j) => x * [1, 5, 0.2][j % 3]),
    );
    const [a, b] = [measureCapacity(w), measureCapacity(stretched)];
    a.leverage.forEach((l, i) => expect(b.leverage[i]).toBeCloseTo(l, 10));
    expect(Math.abs(a.capacity[0] - b.capacity[0])).toBeGreaterThan(1e-3);
  });

  it('gives a leverage equal to the R^2 of the best linear read-out (left open in appendix E)', () => {
    const w = gaussianEmbedding(2, 4, 13);
    // Whitened inputs: regress x_i on h = W x; R^2 = c^T Cov(h)^-1 c with c = Cov(h, x_i) = w_i.
    const [a, b, d] = [0, 1, 3].map((at) => {
      const [r, c] = at === 0 ? [0, 0] : at === 1 ? [0, 1] : [1, 1];
      return sum(Array.from({ length: 4 }, (_, i) => w.data[i * 2 + r] * w.data[i * 2 + c]));
    });
    const { leverage } = measureCapacity(w);
    for (let i = 0; i < 4; i++) {
      const [x, y] = [w.data[i * 2], w.data[i * 2 + 1]];
      expect(leverage[i]).toBeCloseTo(
        (d * x * x - 2 * b * x * y + a * y * y) / (a * d - b * b),
        12,
      );
    }
  });

  it('gives 1/2 to each of two equal vectors and 1 to a single one, also in float32', () => {
    const twins = measureCapacity(
      embeddingFromVectors([
        [2, 0],
        [2, 0],
        [0, 1],
      ]),
    ).capacity;
    [0.5, 0.5, 1].forEach((c, i) => expect(twins[i]).toBeCloseTo(c, 14));
    expect(measureCapacity(embedding(3, 1, Float32Array.of(1, 2, 3))).capacity[0]).toBeCloseTo(
      1,
      14,
    );
    const zero = measureCapacity(embedding(2, 3));
    expect([zero.rank, ...zero.capacity, efficiency(zero)]).toEqual([0, 0, 0, 0, 0]);
  });

  it('treats a float32 vector below the precision of the others as zero, and counts it as unresolved', () => {
    const w = measureCapacity(embedding(2, 3, Float32Array.of(1, 0, 0, 1e-8, 0, 0)));
    expect([[...w.capacity], w.rank, w.unresolved]).toEqual([[1, 0, 0], 1, 1]);
    const inDouble = measureCapacity(embedding(2, 3, Float64Array.of(1, 0, 0, 1e-8, 0, 0)));
    expect([[...inDouble.capacity], inDouble.rank, inDouble.unresolved]).toEqual([[1, 1, 0], 2, 0]);
  });

  it('rejects data whose length is not D x N', () => {
    expect(() => measureCapacity({ dims: 2, features: 3, data: new Float64Array(2) })).toThrow(
      'need 6 numbers, got 2',
    );
    expect(() => gaussianBaseline(0, 3)).toThrow('dims');
    expect(() => embedding(-1, 3)).toThrow('dims: must be a positive integer');
  });

  it('rejects numbers that are not finite, with feature and dimension', () => {
    for (const bad of [NaN, Infinity, -Infinity])
      expect(() => measureCapacity(embedding(2, 2, Float64Array.of(1, 2, 3, bad)))).toThrow(
        `feature 1 has ${bad} in dimension 1`,
      );
  });
});

describe('gaussianBaseline', () => {
  it('agrees with random Gaussian matrices, whose capacities follow Beta(D/2, (N-1)/2)', () => {
    const [dims, features, draws] = [5, 40, 400];
    const expected = gaussianBaseline(dims, features);
    let total = 0;
    let squares = 0;
    for (let draw = 0; draw < draws; draw++) {
      // One feature per matrix: capacities within one matrix are not independent.
      const c = measureCapacity(gaussianEmbedding(dims, features, 1000 + draw)).capacity[0];
      total += c;
      squares += c * c;
    }
    const mean = total / draws;
    expect(Math.abs(mean - expected.mean)).toBeLessThan(
      (5 * expected.standardDeviation) / Math.sqrt(draws),
    );
    const variance = squares / draws - mean * mean;
    // Var of a sample variance is at most (kurtosis + 2) sigma^4 / n; a Beta like this one has kurtosis below 5.
    expect(Math.abs(variance / expected.standardDeviation ** 2 - 1)).toBeLessThan(
      5 * Math.sqrt(7 / draws),
    );
    expect(expected.total).toBeCloseTo((40 * 5) / 44, 12);
  });

  it('is exact for one feature', () => {
    expect(gaussianBaseline(4, 1).mean).toBe(1);
    expect(gaussianBaseline(4, 1).standardDeviation).toBe(0);
  });
});

describe('participationRatio, effectiveRank and summarise', () => {
  it('give the rank for equal singular values and less for unequal ones', () => {
    expect(participationRatio(Float64Array.of(2, 2, 2))).toBeCloseTo(3, 14);
    expect(effectiveRank(Float64Array.of(2, 2, 2))).toBeCloseTo(3, 14);
    // lambda = 4, 1: 25/17; shares 2/3, 1/3.
    expect(participationRatio(Float64Array.of(2, 1))).toBeCloseTo(25 / 17, 14);
    expect(effectiveRank(Float64Array.of(2, 1))).toBeCloseTo(3 / 4 ** (1 / 3), 13);
    expect(effectiveRank(Float64Array.of(2, 0, 2))).toBeCloseTo(2, 14);
    for (const none of [0, 3].map((length) => new Float64Array(length)))
      expect([participationRatio(none), effectiveRank(none)]).toEqual([0, 0]);
    // Squares of squares that would underflow or overflow.
    for (const unit of [1e-200, 1e200])
      expect(participationRatio(Float64Array.of(2 * unit, unit, 0))).toBeCloseTo(25 / 17, 14);
  });

  it('give the median of even and odd lists', () => {
    expect(summarise(Float64Array.of(3, 1, 2, 10))).toEqual({
      total: 16,
      mean: 4,
      median: 2.5,
      min: 1,
      max: 10,
    });
    expect(summarise(Float64Array.of(3, 1, 2)).median).toBe(2);
    expect(() => summarise(new Float64Array(0))).toThrow(RangeError);
  });
});

describe('mutualCoherence', () => {
  it('equals the largest |cos| over all pairs by brute force', () => {
    fc.assert(
      fc.property(anyEmbedding, (w) => {
        const norms = Array.from({ length: w.features }, (_, i) =>
          Math.hypot(...w.data.subarray(i * w.dims, (i + 1) * w.dims)),
        );
        let best = 0;
        for (let i = 0; i < w.features; i++) {
          for (let j = 0; j < i; j++) {
            if (norms[i] === 0 || norms[j] === 0) continue;
            let dot = 0;
            for (let d = 0; d < w.dims; d++)
              dot += (w.data[i * w.dims + d] / norms[i]) * (w.data[j * w.dims + d] / norms[j]);
            best = Math.max(best, Math.abs(dot));
          }
        }
        const found = mutualCoherence(w);
        expect(found.coherence).toBeCloseTo(best, 6);
      }),
      { numRuns: 300 },
    );
  });

  it('finds the pair in a matrix large enough for pruning', () => {
    const w = gaussianEmbedding(40, 500, 3);
    for (let d = 0; d < 40; d++) w.data[417 * 40 + d] = -2 * w.data[23 * 40 + d] + 0.01 * w.data[d];
    const { coherence, pair } = mutualCoherence(w);
    expect(pair?.toSorted((a, b) => a - b)).toEqual([23, 417]);
    expect(coherence).toBeGreaterThan(0.999);
  });

  it('finds the best pair when the first guess is not the best and tails are long', () => {
    for (const seed of [1, 2, 3, 4]) {
      const w = gaussianEmbedding(100, 900, seed);
      const lengths = Array.from({ length: 900 }, (_, i) =>
        Math.hypot(...w.data.subarray(i * 100, (i + 1) * 100)),
      );
      let best = 0;
      for (let i = 0; i < 900; i++) {
        for (let j = 0; j < i; j++) {
          let dot = 0;
          for (let d = 0; d < 100; d++) dot += w.data[i * 100 + d] * w.data[j * 100 + d];
          best = Math.max(best, Math.abs(dot) / lengths[i] / lengths[j]);
        }
      }
      expect(mutualCoherence(w).coherence).toBeCloseTo(best, 12);
    }
  });

  it('equals the Welch bound for equiangular tight frames and is never below it', () => {
    expect(mutualCoherence(polygon(3)).coherence).toBeCloseTo(welchBound(3, 2), 13);
    for (const seed of [1, 2, 3]) {
      expect(mutualCoherence(gaussianEmbedding(3, 8, seed)).coherence).toBeGreaterThan(
        welchBound(8, 3),
      );
    }
    expect(welchBound(3, 3)).toBe(0);
    expect(mutualCoherence(embedding(2, 1, Float64Array.of(1, 1)))).toEqual({
      coherence: 0,
      pair: null,
    });
  });
});
