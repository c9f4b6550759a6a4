import fc from 'fast-check';
import { embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { sum } from './fixtures.ts';

/** Largest entry of A - gamma I. */
export function fromIdentity(a: Float64Array, n: number, gamma = 1): number {
  return Math.max(...a.map((x, at) => Math.abs(x - (at % (n + 1) === 0 ? gamma : 0))));
}

export function squaredDistance(a: Embedding, b: Embedding): number {
  return sum(Array.from(a.data, (x, j) => (x - b.data[j]) ** 2));
}

/** Dimensions, the number of features beyond them, and a seed. */
export const shape = fc.record({
  dims: fc.integer({ min: 1, max: 8 }),
  more: fc.integer({ min: 0, max: 12 }),
  seed: fc.nat(1e6),
});

/** Two unit vectors at 30 degrees. */
export function acutePair(): Embedding {
  return embeddingFromVectors([
    [1, 0],
    [Math.cos(Math.PI / 6), 0.5],
  ]);
}
