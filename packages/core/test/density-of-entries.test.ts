import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { densityOfEntries } from '../src/streaming/baselines/density-of-entries.ts';
import { gaussianSource } from '../src/streaming/baselines/gaussian-source.ts';
import { sparseSource } from '../src/streaming/baselines/sparse-source.ts';

describe('densityOfEntries', () => {
  const shape = { dims: 256, features: 3000, seed: 1 };

  it('recovers the density of a sparse matrix, and 1 for a dense one', async () => {
    // The participation of m normal numbers is m / 3 (1 + 4.7 / m + ..), from moments up to the eighth.
    const densities = [0.1, 0.3];
    const found = await Promise.all(
      densities.map((density) => densityOfEntries(sparseSource({ ...shape, density }))),
    );
    found.forEach((f, i) =>
      expect(Math.abs(f / densities[i] - 1)).toBeLessThan(5 / (256 * densities[i])),
    );
    expect(await densityOfEntries(gaussianSource(shape))).toBeGreaterThan(0.97);
  });

  it('is 3 / D for vectors of any length along the axes, and ignores zero vectors', async () => {
    const data = new Float64Array(6 * 6);
    for (let i = 0; i < 5; i++) data[i * 6 + i] = 10 ** (60 * i - 100);
    expect(await densityOfEntries(embeddingSource(embedding(6, 6, data)))).toBeCloseTo(0.5, 12);
    // Two equal entries, in any places, have the participation 2; entries of 1 and 2 have 25 / 17.
    for (const [d, e] of [
      [0, 1],
      [4, 5],
      [0, 5],
    ]) {
      const pair = new Float64Array(12);
      [pair[d], pair[e], pair[6 + d], pair[6 + e]] = [3, -3, 1e-200, 2e-200];
      // oxlint-disable-next-line no-await-in-loop -- one source at a time
      const found = await densityOfEntries(embeddingSource(embedding(6, 2, pair)));
      expect(found).toBeCloseTo((2 + 25 / 17) / 2 / 2, 12);
    }
    const zero = embedding(6, 6, new Float64Array(36));
    expect(await densityOfEntries(embeddingSource(zero))).toBe(1);
  });
});
