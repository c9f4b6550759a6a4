import { expect, it } from 'vitest';
import { inOrder } from '../src/compare/paired-source.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { gaussianEmbedding } from './fixtures.ts';

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
