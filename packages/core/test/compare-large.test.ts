import { generator, normal, permutation } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { cosineMatrix } from '../src/compare/cosine-matrix.ts';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';
import { compare, cosinesOf, permuted, range } from './compare-cases.ts';

describe('large dictionaries', () => {
  it('are compared through streams and products in float32 alike', async () => {
    // Above the 2^20 numbers that are measured as a whole.
    const [dims, features] = [40, 30_000];
    const a = gaussianEmbedding(dims, features, 1);
    const g = generator(9);
    const order = permutation(g, features);
    const b = permuted(a, order.subarray(0, 1000));
    for (let j = 0; j < b.data.length; j++) b.data[j] += 0.1 * normal(g);
    const options = { assignUpTo: 0 };
    const found = await compare(a, b, options);
    // A perturbation of 0.1 per entry keeps cosines near 1 / sqrt(1.01), far from the 0.7 of the nearest of 30,000 others.
    expect(found.pairs.a).toHaveLength(1000);
    found.pairs.a.forEach((i, k) => expect(order[found.pairs.b[k]]).toBe(i));
    expect(found.similarity?.shared).toBe(1000);
    // Assigned by kernels, in float64 and in float32.
    for (const [ofA, ofB] of [
      [200, 300],
      [2600, 1000],
    ]) {
      const [left, right] = [
        permuted(a, order.subarray(0, ofA)),
        permuted(b, range(Math.min(ofB, 1000))),
      ];
      // oxlint-disable-next-line no-await-in-loop
      const some = await compare(
        left,
        right,
        {},
        manyWorkers(2, () => 0),
      );
      const common = Math.min(ofA, right.features);
      expect(some.similarity?.shared).toBe(common);
      some.pairs.a.forEach((i, k) => {
        if (i < common) expect(some.pairs.b[k]).toBe(i);
      });
    }
    expect(found.span?.overlap).toBe(1);
  });

  it('have the overlap of spans of low rank, whose bases the measurement gave to its workers', async () => {
    // Rank 8 of 32 each, above the 2^20 numbers that are measured as a whole; four directions in common.
    const [dims, features, rank] = [32, 33_000, 8];
    const spanned = (first: number, seed: number) => {
      const within = gaussianEmbedding(rank, features, seed);
      const w = embedding(dims, features);
      for (let i = 0; i < features; i++)
        w.data.set(within.data.subarray(i * rank, (i + 1) * rank), i * dims + first);
      return w;
    };
    const workers = manyWorkers(2, () => 0);
    const { span } = await compare(spanned(0, 1), spanned(4, 2), { by: 'order' }, workers);
    expect(span?.overlap).toBeCloseTo(0.5, 12);
    expect(span?.chance).toBe(rank / dims);
    [1, 1, 1, 1, 0, 0, 0, 0].forEach((cosine, k) =>
      expect(span?.cosines?.[k]).toBeCloseTo(cosine, 6),
    );
  });

  it('have cosines in float64 up to 10^8 multiplications, rounded once', async () => {
    // Enough for a kernel.
    const [dims, features] = [300, 100];
    const [a, b] = [1, 2].map((seed) => gaussianEmbedding(dims, features, seed));
    const sources = [embeddingSource(a, 'A'), embeddingSource(b, 'B')] as const;
    const { values } = await cosineMatrix(
      ...sources,
      {},
      manyWorkers(2, () => 0),
    );
    // Two roundings of float64 can only differ at a tie of float32, which 10^4 cosines do not meet.
    cosinesOf(a, b).forEach((row, i) =>
      row.forEach((x, j) => expect(values[i * features + j]).toBe(Math.fround(x))),
    );
  });
});
