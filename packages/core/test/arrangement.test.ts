import { measureCapacity } from '@polysem/core/capacity';
import { generator } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { arranged, settle } from '../src/geometry/arrangement.ts';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { sum } from './fixtures.ts';

it('starts from the exact blocks of an efficient matrix, without a step', () => {
  for (const seed of [1, 2, 3]) {
    const { embedding: w, blocks } = constructEfficient(generator(seed), {
      dims: 7,
      blocks: [
        { dims: 2, features: 5, gamma: 3 },
        { dims: 1, features: 2, gamma: 2 },
        { dims: 3, features: 4, gamma: 1 },
      ],
    });
    const parts = blocks.map((features, k) => ({ features, dims: [2, 1, 3][k] }));
    const found = settle(w, parts, undefined, 0);
    const size = sum(measureCapacity(w).squaredNorm);
    // No distance is left: |W - X|^2 = |W|^2 - gain.
    expect(found.gain / size).toBeCloseTo(1, 12);
    arranged(found, w).data.forEach((x, j) => expect(x).toBeCloseTo(w.data[j], 9));
    [3, 2, 1].forEach((gamma, k) => expect(found.gammas[k]).toBeCloseTo(gamma, 12));
  }
});
