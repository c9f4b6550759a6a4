import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';
import { allocateSeparable } from '../src/theory/allocate-separable.ts';
import { featureLoss, marginalBenefit } from '../src/theory/quadratic.ts';
import { sum } from './fixtures.ts';
import { problems } from './problems.ts';

describe('Figure 2', () => {
  it('has 7 full, 6 partial and 7 ignored features at lambda = 1e4, sum C = 8.52', () => {
    const capacities = Array.from({ length: 20 }, (_, i) =>
      Math.max(0, Math.min(1, ((99 * 2 ** (i + 1)) / 1e4 - 2) / 97)),
    );
    const partial = capacities.filter((c) => c > 0 && c < 1).toReversed();
    expect(capacities.filter((c) => c === 1).length).toBe(7);
    [0.8155, 0.397, 0.188, 0.084, 0.032, 0.0055].forEach((c, i) =>
      expect(partial[i]).toBeCloseTo(c, 3),
    );
    expect(sum(capacities)).toBeCloseTo(8.52, 2);
    // The general solver accepts a budget that is not an integer, and finds the price 2 lambda^2.
    const solved = allocateSeparable({
      features: 20,
      dims: sum(capacities),
      marginalBenefit: (i, c) => marginalBenefit(2 ** (i + 1), 100, c),
      loss: (i, c) => featureLoss(2 ** (i + 1), 100, c),
    });
    expect(Math.abs(solved.price / 2e8 - 1)).toBeLessThan(1e-12);
    capacities.forEach((c, i) => expect(solved.capacity[i]).toBeCloseTo(c, 10));
  });
});

describe('allocateSeparable', () => {
  it('agrees with the quadratic solver above k = 3', () => {
    fc.assert(
      fc.property(
        problems(fc.double({ min: 3.1, max: 60, noNaN: true }), 6),
        ({ importance, kurtosis, dims }) => {
          const exact = allocateQuadratic({ importance, kurtosis, dims });
          const general = allocateSeparable({
            features: importance.length,
            dims,
            marginalBenefit: (i, c) => marginalBenefit(importance[i], kurtosis[i], c),
            loss: (i, c) => featureLoss(importance[i], kurtosis[i], c),
          });
          exact.capacity.forEach((c, i) =>
            expect(Math.abs(general.capacity[i] - c)).toBeLessThan(1e-8),
          );
          const scale = sum(importance.map((v, i) => v * v * kurtosis[i]));
          expect(Math.abs((general.loss ?? NaN) - exact.loss)).toBeLessThan(1e-9 * scale);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('accepts an infinite benefit at 0: l = -a log C gives C proportional to a', () => {
    const { capacity, price } = allocateSeparable({
      features: 3,
      dims: 1,
      marginalBenefit: (i, c) => (i + 1) / c,
    });
    [1 / 6, 2 / 6, 3 / 6].forEach((c, i) => expect(capacity[i]).toBeCloseTo(c, 12));
    expect(price).toBeCloseTo(6, 10);
  });

  it('shares flat stretches in proportion, and reports that the optimum is not unique', () => {
    const flat = allocateSeparable({
      features: 4,
      dims: 1,
      marginalBenefit: () => 2,
      loss: (_, c) => 2 * (1 - c),
    });
    expect([...flat.capacity]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect([flat.degenerate, flat.loss]).toEqual([true, 6]);
    expect(allocateSeparable({ features: 2, dims: 2, marginalBenefit: () => 0 }).capacity).toEqual(
      Float64Array.of(1, 1),
    );
  });

  it('shares flat stretches among the features that are left', () => {
    const benefit = [5, 2, 2, 2];
    const { capacity, price, degenerate } = allocateSeparable({
      features: 4,
      dims: 2,
      marginalBenefit: (i) => benefit[i],
    });
    expect(capacity[0]).toBe(1);
    for (const c of capacity.subarray(1)) expect(c).toBeCloseTo(1 / 3, 15);
    expect([price, degenerate]).toEqual([2, true]);
  });

  it('does not depend on the unit of the loss', () => {
    const solved = (unit: number) =>
      allocateSeparable({
        features: 3,
        dims: 1,
        marginalBenefit: (i, c) => unit * marginalBenefit(2 ** i, 9, c),
      });
    const one = solved(1);
    for (const power of [-900, -100, 100, 900]) {
      const { capacity, price } = solved(2 ** power);
      expect(capacity).toEqual(one.capacity);
      expect(price).toBe(one.price * 2 ** power);
    }
  });

  it('rejects increasing returns, negative benefits and invalid sizes', () => {
    expect(() => allocateSeparable({ features: 2, dims: 1, marginalBenefit: (_, c) => c })).toThrow(
      'returns must diminish',
    );
    expect(() => allocateSeparable({ features: 2, dims: 1, marginalBenefit: () => -1 })).toThrow(
      'at least 0',
    );
    expect(() => allocateSeparable({ features: 2, dims: 3, marginalBenefit: () => 1 })).toThrow(
      'dims',
    );
  });
});
