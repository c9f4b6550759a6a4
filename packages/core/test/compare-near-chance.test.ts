import { expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { compare } from './compare-cases.ts';

it('calls pairs near chance up to a twentieth of the way from chance to 1', async () => {
  // 1000 pairs in 40 dimensions: by chance 0, with a standard deviation of 0.005 of the mean.
  const pairsOf = (cosine: number): [Embedding, Embedding] => {
    const a = embedding(40, 1000);
    const b = embedding(40, 1000);
    for (let i = 0; i < 1000; i++) {
      a.data[40 * i] = 1;
      b.data[40 * i] = cosine;
      b.data[40 * i + 1] = Math.sqrt(1 - cosine * cosine);
    }
    return [a, b];
  };
  const near = await compare(...pairsOf(0.045), { by: 'order' });
  expect(near.isNearChance).toBe(true);
  expect((await compare(...pairsOf(0.055), { by: 'order' })).isNearChance).toBe(false);
});
