import { describe, expect, it } from 'vitest';
import { inOrder, pairCosines, stacked } from '../src/compare/paired-source.ts';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { steps } from './stream-recorders.ts';

it.each([
  ['all in order', [0, 1, 2, 3]],
  ['the first of them in order', [0, 1, 2]],
  ['none in its place', [3, 0, 1, 2]],
  ['one exchange', [0, 2, 1, 3]],
  ['some, as often as they are named', [2, 2, 0]],
  ['more than there are', [3, 3, 3, 3, 1, 0]],
])('gives features in the order named: %s', async (_, wanted) => {
  const w = gaussianEmbedding(3, 4, 5);
  const source = embeddingSource(w);
  const ordered = inOrder(source, Int32Array.from(wanted));
  expect(ordered.features).toBe(wanted.length);
  const vectors = wanted.map((f) => [...w.data.subarray(3 * f, 3 * f + 3)]);
  expect([...(await ordered.read(0, wanted.length))]).toEqual(vectors.flat());
  expect([...(await ordered.read(1, 2))]).toEqual(vectors.slice(1, 3).flat());
});

it('is the source itself where all features are in order', () => {
  const source = embeddingSource(gaussianEmbedding(3, 4, 5));
  expect(inOrder(source, Int32Array.of(0, 1, 2, 3))).toBe(source);
});

describe('pairs of two sources', () => {
  const [w, v] = [gaussianEmbedding(3, 4, 5), gaussianEmbedding(3, 6, 6)];
  const [a, b] = [embeddingSource(w, 'A'), embeddingSource(v, 'B')];
  const pairs = { a: Int32Array.of(3, 0, 2), b: Int32Array.of(1, 5, 1) };
  const vectorOf = (of: typeof w, i: number): number[] => [...of.data.subarray(3 * i, 3 * i + 3)];

  it('are stacked, the vector of A first', async () => {
    const source = stacked(a, b, pairs);
    expect(source).toMatchObject({ name: 'A and B', dims: 6, features: 3, precision: 'float64' });
    const rows = [0, 1, 2].map((k) => [...vectorOf(w, pairs.a[k]), ...vectorOf(v, pairs.b[k])]);
    expect([...(await source.read(0, 3))]).toEqual(rows.flat());
    expect([...(await source.read(1, 2))]).toEqual(rows.slice(1).flat());
    expect([...(await source.read(2, 1))]).toEqual(rows[2]);
  });

  it('have the cosines of their vectors', async () => {
    const found = await pairCosines(a, b, pairs, {});
    expect(found).toHaveLength(3);
    found.forEach((cosine, k) => {
      const [x, y] = [vectorOf(w, pairs.a[k]), vectorOf(v, pairs.b[k])];
      const dot = x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
      expect(cosine).toBeCloseTo(dot / Math.hypot(...x) / Math.hypot(...y), 14);
    });
    const reason = new Error('enough');
    await expect(pairCosines(a, b, pairs, { signal: { aborted: true, reason } })).rejects.toBe(
      reason,
    );
  });

  it('have cosines in chunks of the source', async () => {
    // A chunk of 2 MiB holds two features.
    const long = (sign: number): FeatureSource => ({
      ...steps(2 ** 17, 5),
      read: async (first, count) => {
        const numbers = new Float64Array(count * 2 ** 17);
        for (let f = 0; f < count; f++) {
          numbers[f * 2 ** 17] = 1;
          numbers[f * 2 ** 17 + 1] = sign * (first + f);
        }
        return numbers;
      },
    });
    const all = { a: Int32Array.of(0, 1, 2, 3, 4), b: Int32Array.of(0, 1, 2, 3, 4) };
    const found = await pairCosines(long(1), long(-1), all, {});
    // (1, i) and (1, -i).
    found.forEach((cosine, i) => expect(cosine).toBeCloseTo((1 - i * i) / (1 + i * i), 14));
  });
});
