import { generator, permutation } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { mutualCoherence, welchBound } from '../src/capacity/coherence.ts';
import { cosinesOf, permuted } from './compare-cases.ts';
import { gaussianEmbedding } from './fixtures.ts';

it('finds the closest pair wherever it lies in the order of the features', () => {
  const [dims, features] = [50, 300];
  for (let seed = 0; seed < 3; seed++) {
    const w = gaussianEmbedding(dims, features, seed);
    const cosines = cosinesOf(w, w);
    let [best, one, other] = [-1, 0, 0];
    cosines.forEach((row, i) =>
      row.forEach((x, j) => {
        if (j < i && Math.abs(x) > best) [best, one, other] = [Math.abs(x), j, i];
      }),
    );
    // Neighbours, also across the tiles of 256 features, and the ends.
    for (const [first, second] of [
      [0, 1],
      [255, 256],
      [298, 299],
      [0, 299],
    ]) {
      const rest = [...permutation(generator(seed), features)].filter(
        (i) => i !== one && i !== other,
      );
      const order = rest.toSpliced(first, 0, one).toSpliced(second, 0, other);
      const found = mutualCoherence(permuted(w, order));
      expect(found.coherence).toBeCloseTo(best, 12);
      expect([...(found.pair ?? [])].toSorted((i, j) => i - j)).toEqual([first, second]);
    }
  }
});

it('has the bound of Welch, 0 where all features can be orthogonal', () => {
  expect([welchBound(2, 3), welchBound(3, 3), welchBound(1, 1)]).toEqual([0, 0, 0]);
  // N vectors of a regular simplex in N - 1 dimensions have cosines of -1 / (N - 1), which no others undercut.
  for (const features of [2, 3, 5, 40])
    expect(welchBound(features, features - 1)).toBeCloseTo(1 / (features - 1), 14);
  // The four diagonals of a cube: cosines of 1/3 in three dimensions; the six of an icosahedron: 1/sqrt(5).
  expect(welchBound(4, 3)).toBeCloseTo(1 / 3, 14);
  expect(welchBound(6, 3)).toBeCloseTo(1 / Math.sqrt(5), 14);
});
