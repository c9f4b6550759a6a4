import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';
import { bestSquaredNorm, featureLoss, marginalBenefit } from '../src/theory/quadratic.ts';
import { phaseBoundaries, variedCapacity } from '../src/theory/one-varied.ts';
import { PHASE_TOLERANCE } from '../src/theory/phase-tolerance.ts';
import { anyImportance, anyKurtosis } from './problems.ts';

describe('PHASE_TOLERANCE', () => {
  it('is wider, the less exact capacities are: computed, trained to the end, in training, of different restarts', () => {
    const { computed, converged, trained, diagram } = PHASE_TOLERANCE;
    const widths = [0, computed, converged, trained, diagram, 1 / 2];
    for (let at = 1; at < widths.length; at++) expect(widths[at]).toBeGreaterThan(widths[at - 1]);
  });
});

describe('the quadratic formulas', () => {
  it('give a marginal benefit equal to minus the derivative of the loss', () => {
    fc.assert(
      fc.property(
        anyImportance,
        anyKurtosis,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (v, k, c) => {
          const h = 1e-5;
          const slope = (featureLoss(v, k, c + h) - featureLoss(v, k, c - h)) / (2 * h);
          const benefit = marginalBenefit(v, k, c);
          // Central differences: error h^2 l''' / 6, and l''' is at most 24 benefit ((k - 3) / (2 + (k - 3) C))^2.
          const curvature = ((k - 3) / (2 + (k - 3) * c)) ** 2;
          expect(Math.abs(benefit + slope)).toBeLessThan(
            benefit * (4 * h * h * curvature * 1.01 + 1e-9) + 1e-8 * v * v * k,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('give the squared norm that minimises the loss at a capacity', () => {
    fc.assert(
      fc.property(
        anyImportance,
        fc.double({ min: 1.01, max: 50, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (v, k, c) => {
          const atNorm = (n: number) => (k - 1) * (n - v) ** 2 - 2 * n * n + (2 * n * n) / c;
          const best = bestSquaredNorm(v, k, c);
          expect(Math.abs(atNorm(best) - featureLoss(v, k, c))).toBeLessThan(1e-10 * v * v * k);
          expect(atNorm(best * 1.01)).toBeGreaterThanOrEqual(atNorm(best));
          expect(atNorm(best * 0.99)).toBeGreaterThanOrEqual(atNorm(best));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('give a loss of 10.7368421 for 6 features of equal importance in 3 dimensions, k = 18', () => {
    expect(
      allocateQuadratic({ importance: [1, 1, 1, 1, 1, 1], kurtosis: 18, dims: 3 }).loss,
    ).toBeCloseTo(10.7368421, 7);
  });
});

describe('one varied importance', () => {
  it('has closed forms that agree with the solver', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.nat(),
        fc.oneof(
          fc.double({ min: 1.01, max: 2.99, noNaN: true }),
          fc.double({ min: 3.01, max: 500, noNaN: true }),
          fc.constant(3),
        ),
        fc.double({ min: -4, max: 4, noNaN: true }),
        (features, pick, kurtosis, logV) => {
          const dims = 1 + (pick % (features - 1));
          const v = Math.exp(logV);
          fc.pre(Math.abs(v - 1) > 1e-9);
          const importance = [v, ...Array.from({ length: features - 1 }, () => 1)];
          const { capacity } = allocateQuadratic({ importance, kurtosis, dims });
          expect(variedCapacity({ features, dims, kurtosis }, v)).toBeCloseTo(capacity[0], 9);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reproduces the boundaries of figure 4: V = 0.01 near p = 0.0054, right limit 2.5, one critical point', () => {
    const at = (p: number) => phaseBoundaries({ features: 6, dims: 3, kurtosis: 1.8 / p });
    expect(at(0.0054).ignoredUpTo).toBeCloseTo(0.01, 3);
    expect(at(1e-9).fullFrom).toBeCloseTo(2.5, 6);
    expect(at(0.6)).toEqual({ ignoredUpTo: 1, fullFrom: 1 });
    expect(at(0.9)).toEqual({ ignoredUpTo: 1, fullFrom: 1 });
    expect(variedCapacity({ features: 6, dims: 3, kurtosis: 3 }, 1)).toBe(0.5);
    expect(variedCapacity({ features: 6, dims: 3, kurtosis: 2 }, 1)).toBe(null);
  });

  it('rejects D >= N', () => {
    expect(() => phaseBoundaries({ features: 3, dims: 3, kurtosis: 5 })).toThrow('dims');
  });

  it('rejects an importance that is not positive', () => {
    for (const importance of [0, -1, NaN])
      expect(() => variedCapacity({ features: 3, dims: 1, kurtosis: 5 }, importance)).toThrow(
        `importance: must be positive, got ${importance}`,
      );
  });
});

it.each([2, 3, 5])(
  'one varied feature of kurtosis %i refuses sizes that do not exist',
  (kurtosis) => {
    for (const [wrong, message] of [
      [{ features: 1, dims: 1 }, 'features: must be an integer of at least 2, got 1'],
      [{ features: 3, dims: 3 }, 'dims: must be an integer from 1 to 2, got 3'],
      [{ features: 3, dims: 0 }, 'dims: must be an integer from 1 to 2, got 0'],
    ] as const) {
      expect(() => variedCapacity({ ...wrong, kurtosis }, 0.5)).toThrow(message);
      expect(() => phaseBoundaries({ ...wrong, kurtosis })).toThrow(message);
    }
    const of = { features: 3, dims: 1, kurtosis: 0.9 };
    expect(() => variedCapacity(of, 0.5)).toThrow(
      'kurtosis: must be finite and at least 1, got 0.9',
    );
  },
);
