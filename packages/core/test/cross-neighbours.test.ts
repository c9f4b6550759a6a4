import { expect, it } from 'vitest';
import { generator, integerBelow, uniform } from '@polysem/numerics/random';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { crossNeighbours } from '../src/streaming/cross-neighbours.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { cosinesOf } from './compare-cases.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';

it('finds the nearest features of another source in chunks of one feature, if a chunk holds not even that', async () => {
  const [a, b] = [gaussianEmbedding(4, 5, 1), gaussianEmbedding(4, 7, 2)];
  const found = await crossNeighbours(
    embeddingSource(a),
    embeddingSource(b),
    { signs: 'fixed', chunkBytes: 1 },
    inlineWorker(),
  );
  const cosines = cosinesOf(a, b);
  const nearest = cosines.map((row) => row.indexOf(Math.max(...row)));
  expect([...found.ofA.index]).toEqual(nearest);
  const columns = Array.from({ length: 7 }, (_, j) => cosines.map((row) => row[j]));
  expect([...found.ofB.index]).toEqual(
    columns.map((column) => column.indexOf(Math.max(...column))),
  );
});

it('reads chunks as large as allowed, and no larger', async () => {
  const dims = 4;
  const sources = [50, 70].map((features) => embeddingSource(gaussianEmbedding(dims, features, 3)));
  const counts: number[] = [];
  const [a, b] = sources.map((source) => ({
    ...source,
    read: async (first: number, count: number) => {
      counts.push(count);
      return source.read(first, count);
    },
  }));
  // Room for three features in float64.
  const chunkBytes = 3 * 8 * dims + 7;
  await crossNeighbours(a, b, { signs: 'free', chunkBytes }, inlineWorker());
  expect(Math.max(...counts)).toBe(3);
});

it.each(['fixed', 'free'] as const)(
  'finds the nearest features by definition, whatever the chunks, with the first of equal ones: %s signs',
  async (signs) => {
    // Small whole numbers: many vectors are equal, opposite or zero. Products of unit vectors of equal direction are equal.
    const g = generator(8);
    const some = (features: number) =>
      embedding(
        2,
        features,
        Float64Array.from({ length: 2 * features }, () => integerBelow(g, 5) - 2),
      );
    const [a, b] = [some(31), some(40)];
    a.data.fill(0, 10, 12);
    b.data.fill(0, 0, 2);
    // Cosines by whole numbers: sign times p^2 / (n m), which orders them without rounding.
    const vector = (w: typeof a, i: number) => [w.data[2 * i], w.data[2 * i + 1]];
    const nearestOf = (v: readonly number[], w: typeof a): number => {
      let [best, index] = [-Infinity, -1];
      for (let j = 0; j < w.features; j++) {
        const u = vector(w, j);
        const norms = (v[0] ** 2 + v[1] ** 2) * (u[0] ** 2 + u[1] ** 2);
        if (norms === 0) continue;
        const product = v[0] * u[0] + v[1] * u[1];
        const near = ((signs === 'free' ? 1 : Math.sign(product)) * product ** 2) / norms;
        if (near > best + 1e-12) [best, index] = [near, j];
      }
      return index;
    };
    for (const size of [1, 4, 7, 40]) {
      // oxlint-disable-next-line no-await-in-loop -- one search at a time
      const { ofA, ofB } = await crossNeighbours(
        embeddingSource(a),
        embeddingSource(b),
        { signs, chunkBytes: 16 * size },
        // Answers come in any order.
        manyWorkers(3, () => uniform(g)),
      );
      for (const [found, from, to] of [
        [ofA, a, b],
        [ofB, b, a],
      ] as const) {
        const expected = Array.from({ length: from.features }, (_, i) =>
          nearestOf(vector(from, i), to),
        );
        expect([...found.index]).toEqual(expected);
        expected.forEach((j, i) => {
          if (j < 0) return;
          const [v, u] = [vector(from, i), vector(to, j)];
          const cosine = (v[0] * u[0] + v[1] * u[1]) / Math.hypot(...v) / Math.hypot(...u);
          expect(found.cosine[i]).toBeCloseTo(cosine, 14);
        });
      }
    }
  },
);

it('names the source, feature and dimension of a number that is not finite', async () => {
  const good = gaussianEmbedding(3, 9, 1);
  const bad = embedding(3, 9, good.data.slice());
  bad.data[3 * 7 + 2] = NaN;
  const [fine, broken] = [embeddingSource(good, 'fine'), embeddingSource(bad, 'broken')];
  const options = { signs: 'free', chunkBytes: 3 * 8 * 4 } as const;
  const message = 'broken: feature 7 has NaN in dimension 2';
  await expect(crossNeighbours(fine, broken, options, inlineWorker())).rejects.toThrow(message);
  await expect(crossNeighbours(broken, fine, options, inlineWorker())).rejects.toThrow(message);
});
