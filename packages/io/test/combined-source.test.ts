import { embedding, embeddingSource } from '@polysem/core/embedding';
import { expect, it } from 'vitest';
import { combinedSource } from '../src/layouts/combined-source.ts';

function source(dims: number, values: Float32Array | Float64Array) {
  return embeddingSource(embedding(dims, values.length / dims, values));
}

it('rounds a sum of float32 matrices once, after it is complete', async () => {
  // Rounded after each addition, both halves of a unit in the last place would be lost.
  const half = 2 ** -24;
  const parts = [1, half, half].map((x) => source(1, Float32Array.of(x, -x)));
  const sum = combinedSource(parts, 'sum', 'parts');
  expect(sum).toMatchObject({ dims: 1, features: 2, precision: 'float32' });
  expect(await sum.read(0, 2)).toEqual(Float32Array.of(1 + 2 ** -23, -1 - 2 ** -23));
});

it('puts dimensions one after the other, in the widest precision', async () => {
  const parts = [source(1, Float32Array.of(1, 2)), source(2, Float64Array.of(3, 4, 5, 6))];
  const all = combinedSource(parts, 'concatenated', 'parts');
  expect(all).toMatchObject({ dims: 3, features: 2, precision: 'float64' });
  expect(await all.read(0, 2)).toEqual(Float64Array.of(1, 3, 4, 2, 5, 6));
  expect(await all.read(1, 1)).toEqual(Float64Array.of(2, 5, 6));
  const narrow = combinedSource([parts[0], parts[0]], 'concatenated', 'parts');
  expect(await narrow.read(0, 1)).toEqual(Float32Array.of(1, 1));
});

it('refuses features that it does not have, before it makes room for them', async () => {
  const parts = [1, 2].map((dims) => source(dims, new Float32Array(2 * dims)));
  const all = combinedSource(parts, 'concatenated', 'parts');
  await expect(all.read(0, 2 ** 40)).rejects.toThrow(`no ${2 ** 40} features from 0 on, it has 2`);
});

it('refuses matrices of different sizes', () => {
  const [a, b, c] = [
    source(1, Float32Array.of(1, 2)),
    source(2, new Float32Array(4)),
    source(1, new Float32Array(3)),
  ];
  expect(() => combinedSource([a, c], 'concatenated', 'parts')).toThrow('2 x 1, 3 x 1');
  expect(() => combinedSource([a, b], 'sum', 'parts')).toThrow('2 x 1, 2 x 2');
});
