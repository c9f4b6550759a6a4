import { describe, expect, it } from 'vitest';
import { allocateSeparable, type SeparableProblem } from '../src/theory/allocate-separable.ts';

/** Benefits that fall by 1 from a number per feature. */
function falling(from: readonly number[], dims: number): SeparableProblem {
  return { features: from.length, dims, marginalBenefit: (i, c) => from[i] - c };
}

describe('allocateSeparable at the edges', () => {
  it('has the upper end of the valid prices where no feature is partial', () => {
    const { capacity, price, phase, loss, degenerate } = allocateSeparable(falling([10, 5, 20], 2));
    expect([...capacity]).toEqual([1, 0, 1]);
    // Prices from 5, the benefit of the ignored feature, to 9, the least one of the full ones.
    expect(price).toBeCloseTo(9, 14);
    expect(phase).toEqual(['full', 'ignored', 'full']);
    expect([loss, degenerate]).toEqual([null, false]);
  });

  it('keeps full features full wherever the price lies', () => {
    for (let k = 1; k < 200; k++) {
      const from = [10 + k / 7, 5 + k / 9, 20 + k / 11, 1 + k / 90];
      const { capacity, price, phase } = allocateSeparable(falling(from, 2));
      expect([...capacity]).toEqual([1, 0, 1, 0]);
      expect(phase).toEqual(['full', 'ignored', 'full', 'ignored']);
      expect(price / (Math.min(from[0], from[2]) - 1)).toBeCloseTo(1, 14);
    }
  });

  it('shares what is left by equal benefits', () => {
    const { capacity, price, phase, degenerate } = allocateSeparable(falling([3, 2.75, 1], 1.25));
    [0.75, 0.5, 0].forEach((c, i) => expect(capacity[i]).toBeCloseTo(c, 14));
    expect(price).toBeCloseTo(2.25, 14);
    expect(phase).toEqual(['partial', 'partial', 'ignored']);
    expect(degenerate).toBe(false);
  });

  it('gives nothing of no dimension, and everything of as many as features', () => {
    expect([...allocateSeparable(falling([3, 2], 0)).capacity]).toEqual([0, 0]);
    const all = allocateSeparable(falling([3, 2], 2));
    expect([[...all.capacity], all.degenerate]).toEqual([[1, 1], false]);
    expect(all.price).toBeCloseTo(1, 14);
  });

  it('is unique where one feature alone is indifferent, or all that are get all', () => {
    const flat = (values: readonly number[], dims: number) =>
      allocateSeparable({ features: values.length, dims, marginalBenefit: (i) => values[i] });
    expect(flat([3, 2, 1], 1.5)).toMatchObject({ price: 2, degenerate: false });
    expect([...flat([3, 2, 1], 1.5).capacity]).toEqual([1, 0.5, 0]);
    expect(flat([3, 2, 2], 1.5)).toMatchObject({ price: 2, degenerate: true });
    expect([...flat([3, 2, 2], 1.5).capacity]).toEqual([1, 0.25, 0.25]);
    expect(flat([3, 2, 2], 3)).toMatchObject({ price: 2, degenerate: false });
    expect(flat([3, 2, 2], 1)).toMatchObject({ price: 3, degenerate: false });
  });

  it('shares flat stretches in proportion to their lengths', () => {
    // Benefits 3, then 2 on a stretch of a quarter or a half, then 1.
    const stretch = [
      [0.25, 0.5],
      [0.25, 0.75],
    ];
    const { capacity, price } = allocateSeparable({
      features: 2,
      dims: 0.75,
      marginalBenefit: (i, c) => (c <= stretch[i][0] ? 3 : c <= stretch[i][1] ? 2 : 1),
    });
    expect(price).toBe(2);
    expect(capacity[0]).toBeCloseTo(0.25 + 0.25 / 3, 12);
    expect(capacity[1]).toBeCloseTo(0.25 + 0.5 / 3, 12);
  });

  it('has the price of a flat stretch that begins at 0', () => {
    const marginalBenefit = (_: number, c: number): number => (c <= 0.5 ? 2 : 1);
    const { capacity, price } = allocateSeparable({ features: 2, dims: 0.5, marginalBenefit });
    expect(price).toBe(2);
    expect([...capacity]).toEqual([0.25, 0.25]);
  });

  it.each<[Partial<SeparableProblem>, string]>([
    [{ features: 0 }, 'features: must be a positive integer'],
    [{ dims: -0.1 }, 'dims: must be between 0 and 2, the number of features, got -0.1'],
    [{ dims: 2.1 }, 'dims: must be between 0 and 2'],
    [{ dims: NaN }, 'dims: must be between 0 and 2'],
    [
      { marginalBenefit: (i, c) => (i === 1 && c === 1 ? -1 : 1) },
      'marginalBenefit: feature 1 has -1 at capacity 1; it must be at least 0',
    ],
    [{ marginalBenefit: () => NaN }, 'marginalBenefit: feature 0 has NaN at capacity 0'],
    [
      { marginalBenefit: (i, c) => (i === 1 && c >= 0.5 ? 2 : 1) },
      'marginalBenefit: feature 1 rises from 1 to 2 at capacity 0.5',
    ],
  ])('refuses %o', (wrong, message) => {
    expect(() => allocateSeparable({ ...falling([3, 2], 1), ...wrong })).toThrow(message);
  });

  it('takes benefits that rise by rounding alone', () => {
    const marginalBenefit = (_: number, c: number): number => 1 + (c > 0.3 ? 1e-13 : 0);
    expect(() => allocateSeparable({ features: 2, dims: 1, marginalBenefit })).not.toThrow();
    const rising = (_: number, c: number): number => 1 + (c > 0.3 ? 1.5e-12 : 0);
    expect(() => allocateSeparable({ features: 2, dims: 1, marginalBenefit: rising })).toThrow(
      'returns must diminish',
    );
  });
});

it('without dimensions the price is above all benefits, so that no feature demands any', () => {
  for (const most of [4 - 2 ** -51, 4, 3, 1e-9]) {
    const marginalBenefit = (i: number, c: number): number => (most / (i + 1)) * (1 - c);
    const { price, capacity, phase } = allocateSeparable({ features: 2, dims: 0, marginalBenefit });
    expect(price).toBeGreaterThan(most);
    expect([[...capacity], phase]).toEqual([
      [0, 0],
      ['ignored', 'ignored'],
    ]);
  }
});
