import { expect, it } from 'vitest';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { crossNeighbours } from '../src/streaming/cross-neighbours.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { cosinesOf } from './compare-cases.ts';
import { gaussianEmbedding } from './fixtures.ts';

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
