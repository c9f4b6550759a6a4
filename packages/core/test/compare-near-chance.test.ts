import { expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { compare } from './compare-cases.ts';

/** Pairs in 40 dimensions that all have the same cosine. */
function pairsOf(count: number, cosine: number): [Embedding, Embedding] {
  const a = embedding(40, count);
  const b = embedding(40, count);
  for (let i = 0; i < count; i++) {
    a.data[40 * i] = 1;
    b.data[40 * i] = cosine;
    b.data[40 * i + 1] = Math.sqrt(1 - cosine * cosine);
  }
  return [a, b];
}

// By chance the mean cosine is 0, with a standard deviation of 1 / sqrt(40 count): 0.005 for 1000 pairs, 0.05 for 10.
it.each([
  ['up to a twentieth of the way from chance to 1', 1000, 0.045, 0.055],
  ['up to two standard deviations of few pairs', 10, 0.095, 0.105],
])('calls pairs near chance %s', async (_, count, near, far) => {
  expect((await compare(...pairsOf(count, near), { by: 'order' })).isNearChance).toBe(true);
  expect((await compare(...pairsOf(count, far), { by: 'order' })).isNearChance).toBe(false);
});
