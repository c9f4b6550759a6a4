import { describe, expect, it } from 'vitest';
import { withoutZeros } from '../src/geometry/block-search.ts';

describe('the features that are not zero', () => {
  it('are longer than 2^-50 of the longest, in units of their mean norm', () => {
    const [above, below] = [2 ** -49.9, 2 ** -50.1].map((length) => (6 * length) ** 2);
    const kept = withoutZeros(Float64Array.of(0, 36, below, 9, above, 0));
    expect(kept.places).toEqual([1, 3, 4]);
    expect(kept.zeros).toEqual([0, 2, 5]);
    expect(kept.meanNorm).toBeCloseTo(3, 12);
    [4, 1, above / 9].forEach((n, k) => expect(kept.squaredNorm[k] / n).toBeCloseTo(1, 12));
  });

  it('do not exist in a zero matrix, whose unit is 1', () => {
    expect(withoutZeros(new Float64Array(3))).toEqual({
      places: [],
      zeros: [0, 1, 2],
      meanNorm: 1,
      squaredNorm: new Float64Array(0),
    });
  });
});
