import { expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import { meanVector, unitLength } from '../src/streaming/transforms.ts';
import { gaussianEmbedding } from './fixtures.ts';

it('the mean is that of all features, also of several chunks and of numbers whose sum overflows', async () => {
  // A chunk holds 2^21 / (8 D) features: two chunks and a part.
  const [dims, features] = [2 ** 16, 10];
  const source: FeatureSource = {
    name: 'rows',
    dims,
    features,
    precision: 'float64',
    // Feature i is (i, i + 1, ..) times 1e304.
    read: async (first, count) =>
      Float64Array.from(
        { length: count * dims },
        (_, j) => 1e304 * (first + Math.floor(j / dims) + (j % dims) / dims),
      ),
  };
  const counts: number[] = [];
  const mean = await meanVector({
    ...source,
    read: async (first, count) => {
      counts.push(count);
      return source.read(first, count);
    },
  });
  expect(counts).toEqual([4, 4, 2]);
  const error = mean.map((x, d) => Math.abs(x / 1e304 / (4.5 + d / dims) - 1));
  expect(Math.max(...[0, 1, 777, dims - 1].map((d) => error[d]))).toBeLessThan(1e-14);
  const huge = embedding(1, 4, Float64Array.of(1.5e308, 1.5e308, 1.5e308, -0.5e308));
  expect((await meanVector(embeddingSource(huge)))[0] / 1e308).toBeCloseTo(1, 14);
});

it('the mean names the source, feature and dimension of a number that is not finite', async () => {
  const w = gaussianEmbedding(3, 4, 1);
  w.data[7] = Infinity;
  await expect(meanVector(embeddingSource(w, 'W'))).rejects.toThrow(
    'W: feature 2 has Infinity in dimension 1',
  );
});

it('unit vectors have the direction of the features, of any length, and zero vectors stay zero', async () => {
  const w = gaussianEmbedding(3, 6, 2);
  w.data.fill(0, 6, 9);
  const lengths = [1, 1e-300, 1, 1e300, 1e-310, 7];
  const scaled = w.data.map((x, j) => x * lengths[Math.floor(j / 3)]);
  const found = await unitLength(embeddingSource(embedding(3, 6, scaled))).read(0, 6);
  for (let i = 0; i < 6; i++) {
    const norm = Math.hypot(...w.data.subarray(3 * i, 3 * i + 3));
    for (let d = 0; d < 3; d++) {
      const expected = norm === 0 ? 0 : w.data[3 * i + d] / norm;
      // Subnormal numbers keep fewer digits.
      expect(found[3 * i + d]).toBeCloseTo(expected, i === 4 ? 12 : 14);
    }
  }
});
