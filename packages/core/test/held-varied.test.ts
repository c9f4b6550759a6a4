import { measureCapacity } from '@polysem/core/capacity';
import { embeddingFromVectors } from '@polysem/core/embedding';
import {
  allocateQuadratic,
  allocateSeparable,
  featureLoss,
  heldVaried,
  marginalBenefit,
} from '@polysem/core/theory';
import { describe, expect, it } from 'vitest';
import { gaussianEmbedding } from './fixtures.ts';
import { HELD_CAPACITIES, HELD_CASES, type HeldCase } from './held-cases.ts';

const CASES: readonly HeldCase[] = [
  ...HELD_CASES,
  { features: 3, dims: 1, kurtosis: 3, importance: 0.7 },
];

/** Equation 12 for vectors, from their inner products. */
function quadraticLoss(vectors: readonly (readonly number[])[], of: HeldCase): number {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((total, x, d) => total + x * b[d], 0);
  let loss = 0;
  vectors.forEach((w, i) => {
    loss += (of.kurtosis - 1) * (dot(w, w) - (i === 0 ? of.importance : 1)) ** 2;
    vectors.forEach((other, j) => {
      if (j !== i) loss += 2 * dot(w, other) ** 2;
    });
  });
  return loss;
}

describe('the optimum under a held capacity', () => {
  it('is not above the loss of any matrix that gives the feature this capacity', () => {
    for (const of of CASES) {
      for (let seed = 0; seed < 40; seed++) {
        const w = gaussianEmbedding(of.dims, of.features, seed);
        const [capacity] = measureCapacity(w).capacity;
        const vectors = Array.from({ length: of.features }, (_, i) =>
          Array.from(w.data.subarray(i * of.dims, (i + 1) * of.dims), (x) => 0.6 * x),
        );
        expect(heldVaried(of, of.importance, capacity).loss).toBeLessThanOrEqual(
          quadraticLoss(vectors, of) * (1 + 1e-12),
        );
      }
    }
  });

  it('is the loss of the best pair in one dimension', () => {
    // With w = (x, y), capacity c of x means x^2 = c (x^2 + y^2), so one number is left to minimise over.
    const of = { features: 2, dims: 1, kurtosis: 9, importance: 1.5 };
    for (const capacity of [0.1, 0.5, 0.8]) {
      const lossAt = (square: number): number =>
        quadraticLoss([[Math.sqrt(capacity * square)], [Math.sqrt((1 - capacity) * square)]], of);
      let best = Infinity;
      for (let k = 1; k <= 40_000; k++) best = Math.min(best, lossAt(k * 1e-4));
      // At a minimum a step of 1e-4 costs at most half the curvature, which is below 2 (k + 1), times 1e-8.
      const { loss } = heldVaried(of, of.importance, capacity);
      expect(best - loss).toBeGreaterThanOrEqual(-1e-12);
      expect(best - loss).toBeLessThan(2e-7);
      const [found] = measureCapacity(
        embeddingFromVectors([[Math.sqrt(capacity)], [Math.sqrt(1 - capacity)]]),
      ).capacity;
      expect(found).toBeCloseTo(capacity, 14);
    }
  });

  it.each(CASES)('touches the free optimum, with slope 0 where that is partial: %o', (of) => {
    const importance = Array.from({ length: of.features }, (_, i) => (i === 0 ? of.importance : 1));
    const free = allocateQuadratic({ importance, kurtosis: of.kurtosis, dims: of.dims });
    const [capacity] = free.capacity;
    const held = heldVaried(of, of.importance, capacity);
    expect(held.loss / free.loss).toBeCloseTo(1, 12);
    if (capacity > 0 && capacity < 1) expect(held.slope).toBeCloseTo(0, 9);
    for (const other of HELD_CAPACITIES)
      expect(heldVaried(of, of.importance, other).loss).toBeGreaterThanOrEqual(
        free.loss * (1 - 1e-12),
      );
  });

  it.each(CASES)(
    'costs at least an ideal allocation of the rest, exactly that at 0 and 1: %o',
    (of) => {
      const { features, dims, kurtosis, importance } = of;
      for (const capacity of HELD_CAPACITIES) {
        const others = allocateSeparable({
          features: features - 1,
          dims: dims - capacity,
          marginalBenefit: (_, c) => marginalBenefit(1, kurtosis, c),
          loss: (_, c) => featureLoss(1, kurtosis, c),
        });
        const ideal = featureLoss(importance, kurtosis, capacity) + (others.loss ?? NaN);
        const { loss } = heldVaried(of, importance, capacity);
        expect(loss).toBeGreaterThanOrEqual(ideal * (1 - 1e-9));
        if (capacity === 0 || capacity === 1) expect(loss / ideal).toBeCloseTo(1, 9);
      }
    },
  );

  it.each(CASES)('has the slope of finite differences: %o', (of) => {
    const at = (capacity: number) => heldVaried(of, of.importance, capacity);
    for (const c of [0.2, 0.6, 0.85]) {
      const [h, { slope }] = [1e-4, at(c)];
      const difference = (at(c + h).loss - at(c - h).loss) / (2 * h);
      expect(Math.abs(slope - difference)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
    }
  });

  it.each<[Partial<HeldCase> & { readonly capacity?: number }, string]>([
    [{ kurtosis: 2.9 }, 'kurtosis: the held optimum is known from kurtosis 3 on, got 2.9'],
    [{ kurtosis: 0.9 }, 'kurtosis: must be finite and at least 1, got 0.9'],
    [{ kurtosis: Infinity }, 'kurtosis: must be finite and at least 1, got Infinity'],
    [{ importance: 0 }, 'importance: must be positive, got 0'],
    [{ importance: NaN }, 'importance: must be positive, got NaN'],
    [{ capacity: 1.1 }, 'capacity: must be from 0 to 1, got 1.1'],
    [{ capacity: -0.1 }, 'capacity: must be from 0 to 1, got -0.1'],
    [{ capacity: NaN }, 'capacity: must be from 0 to 1, got NaN'],
    [{ features: 1 }, 'features: must be an integer of at least 2, got 1'],
    [{ features: 2.5 }, 'features: must be an integer of at least 2, got 2.5'],
    [{ dims: 6 }, 'dims: must be an integer from 1 to 5, got 6'],
    [{ dims: 0 }, 'dims: must be an integer from 1 to 5, got 0'],
  ])('refuses %j', (wrong, message) => {
    const { importance, capacity, ...problem } = { ...CASES[0], capacity: 0.5, ...wrong };
    expect(() => heldVaried(problem, importance, capacity)).toThrow(message);
  });
});
