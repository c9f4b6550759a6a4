import { measureCapacity } from '@polysem/core/capacity';
import { embedding } from '@polysem/core/embedding';
import { allocateQuadratic, heldVaried } from '@polysem/core/theory';
import { generator, normal } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { heldLoss, minimiseHeld, type Held } from '@polysem/engine/hold';
import { HELD_CAPACITIES, HELD_CASES, type HeldCase } from '../../core/test/held-cases.ts';
import type { Loss } from '../src/models/loss.ts';
import { quadraticExactLoss, standardMoments } from '../src/models/quadratic-exact-loss.ts';

function lossOf({ features, dims, kurtosis, importance }: HeldCase): Loss {
  const list = Array.from({ length: features }, (_, i) => (i === 0 ? importance : 1));
  const model = {
    task: 'computation',
    activation: 'quadratic',
    features,
    dims,
    importance: list,
  } as const;
  return quadraticExactLoss(model, standardMoments(kurtosis));
}

function randomStarts({ size }: Loss, count: number): Float64Array[] {
  const g = generator(3);
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: size }, () => 0.5 * normal(g)),
  );
}

function hold(of: HeldCase, held: Held | null, starts = 4) {
  const loss = lossOf(of);
  return minimiseHeld({ loss, ...of, held }, randomStarts(loss, starts), {
    gradientTolerance: 1e-10,
  })!;
}

const capacityOf = ({ features, dims }: HeldCase, w: Float64Array): Float64Array =>
  measureCapacity(embedding(dims, features, w.slice(0, features * dims))).capacity;

describe('a held loss', () => {
  const [of] = HELD_CASES;
  const loss = lossOf(of);
  const [start] = randomStarts(loss, 1);

  it.each(HELD_CAPACITIES)('places weights at capacity %d exactly', (capacity) => {
    const held = heldLoss(loss, of, { feature: 2, capacity });
    expect(capacityOf(of, held.place(start))[2]).toBeCloseTo(capacity, 13);
  });

  it.each([0, 0.3, 0.9, 1])('has the gradient of finite differences at capacity %d', (capacity) => {
    const held = heldLoss(loss, of, { feature: 2, capacity });
    const gradient = new Float64Array(loss.size);
    held.evaluate(start, gradient);
    const ignored = new Float64Array(loss.size);
    const at = (k: number, by: number): number =>
      held.evaluate(start.with(k, start[k] + by), ignored);
    const differences = start.map((_, k) => (at(k, 1e-5) - at(k, -1e-5)) / 2e-5);
    differences.forEach((value, k) => expect(gradient[k]).toBeCloseTo(value, 4));
  });

  it('names a feature or a capacity that does not exist', () => {
    const wrong = (features: number, feature: number, capacity: number) => () =>
      heldLoss(loss, { features, dims: 3 }, { feature, capacity });
    expect(wrong(6, 6, 0.5)).toThrow('hold: feature must be an integer from 0 to 5, got 6');
    expect(wrong(6, 0, 1.5)).toThrow(
      'hold: the capacity of feature 0 must be from 0 to 1, got 1.5',
    );
    expect(wrong(1, 0, 1)).toThrow('hold: needs at least 2 features, got 1');
  });
});

describe('training under a held capacity', () => {
  it.each(HELD_CASES)('reaches the closed form of the quadratic model: %o', (of) => {
    for (const capacity of HELD_CAPACITIES) {
      const found = hold(of, { feature: 0, capacity });
      const expected = heldVaried(of, of.importance, capacity);
      expect(found.converged).toBe(true);
      expect(found.capacity[0]).toBeCloseTo(capacity, 9);
      expect(found.loss / expected.loss).toBeCloseTo(1, 7);
      if (capacity === 0 || capacity === 1) expect(found.slope).toBeNull();
      else
        expect(found.slope! / (Math.abs(expected.slope) + 1)).toBeCloseTo(
          expected.slope / (Math.abs(expected.slope) + 1),
          3,
        );
    }
  });

  it.each(HELD_CASES)(
    'costs nothing at the capacity of the free optimum, with slope 0: %o',
    (of) => {
      const list = Array.from({ length: of.features }, (_, i) => (i === 0 ? of.importance : 1));
      const free = allocateQuadratic({ importance: list, kurtosis: of.kurtosis, dims: of.dims });
      const found = hold(of, { feature: 0, capacity: free.capacity[0] });
      expect(found.loss / free.loss).toBeCloseTo(1, 8);
      const [c] = free.capacity;
      if (c > 0 && c < 1) expect(found.slope).toBeCloseTo(0, 2);
      expect(hold(of, null).loss / free.loss).toBeCloseTo(1, 8);
      expect(hold(of, null).slope).toBeNull();
    },
  );

  it('has the slope of the curve', () => {
    const [, of] = HELD_CASES;
    const at = (capacity: number) => hold(of, { feature: 0, capacity });
    for (const c of [0.2, 0.6, 0.85]) {
      const difference = (at(c + 1e-3).loss - at(c - 1e-3).loss) / 2e-3;
      expect(at(c).slope! / difference).toBeCloseTo(1, 3);
    }
  });

  it('starts from weights in which the feature is dropped, or has a dimension of its own', () => {
    const of = { features: 3, dims: 2, kurtosis: 9, importance: 1 };
    const loss = lossOf(of);
    const held = { feature: 0, capacity: 0.4 };
    for (const start of [
      [0, 0, 1, 0, 0, 1],
      [1, 0, 0, 1, 0, -1],
    ]) {
      const found = minimiseHeld({ loss, ...of, held }, [Float64Array.from(start)])!;
      expect(found.capacity[0]).toBeCloseTo(0.4, 12);
      expect(found.loss).toBeLessThan(1.5 * heldVaried(of, 1, 0.4).loss);
    }
  });

  it('has no optimum where the loss is not finite', () => {
    const loss: Loss = { size: 4, evaluate: () => NaN };
    const problem = { loss, features: 2, dims: 2, held: { feature: 0, capacity: 0.5 } };
    expect(minimiseHeld(problem, [Float64Array.of(1, 0, 1, 1)])).toBeNull();
  });
});
