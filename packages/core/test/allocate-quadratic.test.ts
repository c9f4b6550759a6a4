import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';
import { efficientEmbedding } from '../src/geometry/efficient-embedding.ts';
import { featureLoss, marginalBenefit } from '../src/theory/quadratic.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { quadraticExactLoss, standardMoments } from '@polysem/engine/models';
import type { Allocation } from '../src/theory/allocation.ts';
import type { QuadraticProblem } from '../src/theory/quadratic-problem.ts';
import { sum } from './fixtures.ts';
import { anyImportance, anyKurtosis, bestOnGrid, problems } from './problems.ts';

interface Reference extends QuadraticProblem {
  readonly importance: number[];
  readonly kurtosis: number[];
  readonly loss: number;
  readonly capacity: number[];
  readonly squaredNorm: number[];
}

const reference = JSON.parse(
  readFileSync(new URL('reference/quadratic_optimum.json', import.meta.url), 'utf8'),
) as Reference[];

/** Exact loss of the embedding built from an allocation, and its measured capacities. */
function certificate(
  problem: { importance: readonly number[]; kurtosis: readonly number[]; dims: number },
  a: Allocation,
) {
  const w = efficientEmbedding(a.capacity, a.squaredNorm, problem.dims);
  const features = problem.importance.length;
  const model = {
    task: 'computation',
    activation: 'quadratic',
    features,
    dims: problem.dims,
    importance: problem.importance,
  } as const;
  const loss = quadraticExactLoss(model, problem.kurtosis.map(standardMoments));
  const value = loss.evaluate(Float64Array.from(w.data), new Float64Array(loss.size));
  return { loss: value, capacity: measureCapacity(w).capacity };
}

describe('allocateQuadratic', () => {
  it.each(reference.map((problem, i) => [i, problem] as const))(
    'agrees with reference problem %i, and an embedding attains the loss',
    (_, problem) => {
      const a = allocateQuadratic(problem);
      expect(a.loss).toBeLessThanOrEqual(problem.loss * (1 + 1e-9));
      expect(a.gap).toBe(0);
      problem.capacity.forEach((c, i) => expect(Math.abs(a.capacity[i] - c)).toBeLessThan(1e-6));
      problem.squaredNorm.forEach((n, i) =>
        expect(Math.abs(a.squaredNorm[i] - n)).toBeLessThan(3e-6),
      );
      const attained = certificate(problem, a);
      expect(Math.abs(attained.loss / a.loss - 1)).toBeLessThan(1e-9);
      a.capacity.forEach((c, i) => expect(Math.abs(attained.capacity[i] - c)).toBeLessThan(1e-8));
    },
  );

  it('is at least as good as dynamic programming over a grid, also for mixed kurtoses', () => {
    fc.assert(
      fc.property(problems(anyKurtosis, 5), ({ importance, kurtosis, dims }) => {
        const a = allocateQuadratic({ importance, kurtosis, dims });
        expect(sum(a.capacity)).toBeCloseTo(dims, 8);
        a.capacity.forEach((c) => expect(c >= 0 && c <= 1).toBe(true));
        const grid = bestOnGrid(importance, kurtosis, dims, 24);
        const scale = sum(importance.map((v, i) => v * v * (kurtosis[i] - 1)));
        expect(a.loss).toBeLessThanOrEqual(grid + 1e-12 * scale);
        expect(a.gap).toBe(0);
        expect(a.bound).toBe(a.loss);
      }),
      { numRuns: 1000 },
    );
  });

  it('uses every dimension, and is the best on a grid, where importances and kurtoses are tied', () => {
    const tied = fc.constantFrom(1, 2, 3);
    const kurtoses = fc.constantFrom(1.5, 2, 2.5, 2.9, 9);
    fc.assert(
      fc.property(problems(kurtoses, 8, tied), ({ importance, kurtosis, dims }) => {
        const a = allocateQuadratic({ importance, kurtosis, dims });
        expect(sum(a.capacity)).toBeCloseTo(dims, 8);
        expect(Math.max(...a.capacity)).toBeLessThanOrEqual(1);
        const losses = importance.map((v, i) => featureLoss(v, kurtosis[i], a.capacity[i]));
        expect(a.loss).toBeCloseTo(sum(losses), 9);
        expect(a.loss).toBeLessThanOrEqual(bestOnGrid(importance, kurtosis, dims, 24) + 1e-9);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives features of importance 0 nothing, and the others what they get alone', () => {
    const withZeros = fc.oneof(fc.constant(0), anyImportance);
    const some = problems(anyKurtosis, 6, withZeros).filter(({ importance }) =>
      importance.some((v) => v > 0),
    );
    fc.assert(
      fc.property(some, (problem) => {
        const { importance, kurtosis, dims } = problem;
        const a = allocateQuadratic(problem);
        const positive = importance.flatMap((v, i) => (v > 0 ? [i] : []));
        const alone = allocateQuadratic({
          importance: positive.map((i) => importance[i]),
          kurtosis: positive.map((i) => kurtosis[i]),
          dims: Math.min(dims, positive.length),
        });
        importance.forEach((v, i) => {
          if (v === 0)
            expect([a.capacity[i], a.squaredNorm[i], a.phase[i]]).toEqual([0, 0, 'ignored']);
        });
        expect(positive.map((i) => a.capacity[i])).toEqual([...alone.capacity]);
        expect([a.loss, a.bound, a.gap]).toEqual([alone.loss, alone.bound, alone.gap]);
        expect(a.price).toBe(positive.length < dims ? 0 : alone.price);
        // The optimum over all allocations, in which features of importance 0 take what is left.
        const scale = sum(importance.map((v, i) => v * v * (kurtosis[i] - 1)));
        expect(a.loss).toBeLessThanOrEqual(
          bestOnGrid(importance, kurtosis, dims, 24) + 1e-12 * scale,
        );
        const attained = certificate(problem, a);
        expect(attained.loss).toBeLessThanOrEqual(
          a.loss * (1 + 1e-9) + 1e-10 * sum(importance.map((v, i) => v * v * kurtosis[i])),
        );
        // The limit of small importances.
        const tiny = allocateQuadratic({
          ...problem,
          importance: importance.map((v) => (v === 0 ? 1e-100 : v)),
        });
        expect(tiny.loss).toBeCloseTo(a.loss, 8);
      }),
      { numRuns: 300 },
    );
  });

  it('fills five dimensions where a partial feature below 3 is tied with full ones', () => {
    const { capacity } = allocateQuadratic({
      importance: [3, 3, 1, 1, 2, 3, 3],
      kurtosis: [1.5, 2.5, 2.5, 9, 9, 1.5, 2],
      dims: 5,
    });
    expect(sum(capacity)).toBeCloseTo(5, 12);
    expect(Math.min(...capacity)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...capacity)).toBeLessThanOrEqual(1);
  });

  it.each([
    {
      importance: [2, 2, 3, 4, 1, 3, 2],
      kurtosis: [13.5, 2.985, 4.21, 1.08, 5.4, 1.51, 4.68],
      dims: 5,
    },
    {
      importance: [0.65, 1.38, 0.41, 1.05, 1.68, 2.16, 2.31, 2.03],
      kurtosis: [4.53, 2.16, 4.47, 2.77, 1.6, 17.8, 1.65, 4.19],
      dims: 6,
    },
  ])(
    'leaves a partial feature below 3 out of the full ones where its benefit is among theirs: $dims dimensions',
    (problem) => {
      const { capacity, loss } = allocateQuadratic(problem);
      const { importance, kurtosis, dims } = problem;
      expect(sum(capacity)).toBeCloseTo(dims, 12);
      const below = capacity.filter((_, i) => kurtosis[i] < 3);
      expect(below.filter((c) => c > 0 && c < 1)).toHaveLength(1);
      expect(below.filter((c) => c === 1).length).toBeGreaterThan(0);
      expect(loss).toBeLessThanOrEqual(bestOnGrid(importance, kurtosis, dims, 48) * (1 + 1e-12));
    },
  );

  it.each([
    {
      importance: [2.8, 0.94, 1.1, 0.91, 0.48, 0.21],
      kurtosis: [4.8, 3.3, 1.8, 2.7, 7.4, 5.2],
      dims: 4,
    },
    { importance: [2, 3, 1, 4, 0.5], kurtosis: [2.28, 2.6, 5.65, 1.4, 5.04], dims: 2 },
    { importance: [2, 1, 2, 2, 1, 2], kurtosis: [2.16, 5.83, 4.23, 4.52, 4.03, 3.82], dims: 4 },
    {
      importance: [3, 4, 3, 3, 1, 1, 4],
      kurtosis: [1.9, 4.48, 2.66, 1.58, 3.3, 7.73, 1.08],
      dims: 4,
    },
  ])(
    'counts the loss of features that are ignored at low prices, where it decides: $dims dimensions',
    ({ importance, kurtosis, dims }) => {
      const { loss } = allocateQuadratic({ importance, kurtosis, dims });
      const grid = bestOnGrid(importance, kurtosis, dims, 48);
      expect(loss).toBeLessThanOrEqual(grid * (1 + 1e-12));
      // The grid is fine enough to exclude the next best division of features.
      expect(loss).toBeGreaterThan(0.98 * grid);
    },
  );

  it('has a loss that an embedding attains', () => {
    fc.assert(
      fc.property(problems(anyKurtosis, 8), (problem) => {
        const a = allocateQuadratic(problem);
        const attained = certificate(problem, a);
        // The loss of an embedding has rounding errors of the order of v^2, even where k = 1 and the loss is 0.
        const scale = sum(problem.importance.map((v, at) => v * v * problem.kurtosis[at]));
        expect(Math.abs(attained.loss - a.loss)).toBeLessThanOrEqual(1e-9 * a.loss + 1e-12 * scale);
        a.capacity.forEach((c, i) => expect(Math.abs(attained.capacity[i] - c)).toBeLessThan(1e-8));
      }),
      { numRuns: 1000 },
    );
  });

  it('satisfies the optimality conditions of equations 6 to 8 above k = 3', () => {
    fc.assert(
      fc.property(
        problems(fc.double({ min: 3.01, max: 100, noNaN: true }), 30),
        ({ importance, kurtosis, dims }) => {
          const { capacity, price, phase } = allocateQuadratic({ importance, kurtosis, dims });
          capacity.forEach((c, i) => {
            const benefit = marginalBenefit(importance[i], kurtosis[i], c);
            if (phase[i] === 'partial') expect(Math.abs(benefit / price - 1)).toBeLessThan(1e-8);
            if (phase[i] === 'ignored') expect(benefit).toBeLessThanOrEqual(price * (1 + 1e-8));
            if (phase[i] === 'full') expect(benefit).toBeGreaterThanOrEqual(price * (1 - 1e-8));
          });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('makes at most one feature below k = 3 partial, the one of the reference', () => {
    const { capacity, phase } = allocateQuadratic({
      importance: [2.897, 0.761, 1.11],
      kurtosis: [7.921, 11.828, 2.73],
      dims: 2,
    });
    expect(phase).toEqual(['full', 'partial', 'partial']);
    expect(capacity[2]).toBeCloseTo(0.292838, 5);
    fc.assert(
      fc.property(problems(anyKurtosis, 12), (problem) => {
        const { capacity: c } = allocateQuadratic(problem);
        const split = problem.kurtosis.filter((k, i) => k < 3 - 1e-12 && c[i] > 0 && c[i] < 1);
        expect(split.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('gives nothing to other features where full features below 3 take every dimension', () => {
    const { capacity } = allocateQuadratic({
      importance: [0.05, 0.38503930066483255, 0.05, 0.05, 0.38503938329920995, 0.05, 0.05],
      kurtosis: [
        9.657272893402366, 1.3002759004773872, 1, 3, 1.2993197278189001, 6.95823759398584, 1,
      ],
      dims: 2,
    });
    expect([...capacity]).toEqual([0, 1, 0, 0, 1, 0, 0]);
  });

  it('reports where many allocations are optimal, and returns the even one at k = 3', () => {
    const even = allocateQuadratic({ importance: [1, 1, 1, 1], kurtosis: 3, dims: 3 });
    expect(even.degenerate).toBe(true);
    expect([...even.capacity]).toEqual([0.75, 0.75, 0.75, 0.75]);
    expect(even.price).toBe(2);
    expect(allocateQuadratic({ importance: [1, 1, 1, 1], kurtosis: 2, dims: 3 }).degenerate).toBe(
      true,
    );
    expect(allocateQuadratic({ importance: [1, 1, 1, 1], kurtosis: 4, dims: 3 }).degenerate).toBe(
      false,
    );
    expect(allocateQuadratic({ importance: [2, 1, 1], kurtosis: 3, dims: 1 }).degenerate).toBe(
      false,
    );
    expect(allocateQuadratic({ importance: [1, 1], kurtosis: 3, dims: 2 }).degenerate).toBe(false);
    expect(allocateQuadratic({ importance: [1, 1], kurtosis: 1, dims: 1 }).degenerate).toBe(true);
  });

  it('represents all features fully if D = N, and gives no NaN at k = 1', () => {
    const full = allocateQuadratic({ importance: [3, 1], kurtosis: [5, 1], dims: 2 });
    expect([[...full.capacity], [...full.squaredNorm], full.loss, full.gap]).toEqual([
      [1, 1],
      [3, 1],
      0,
      0,
    ]);
    const rademacher = allocateQuadratic({ importance: [3, 1], kurtosis: 1, dims: 1 });
    expect(rademacher.loss).toBe(0);
    expect(rademacher.price).toBe(0);
  });

  it('accepts importances of 1e139 and 1e-139, and rejects more extreme ones', () => {
    for (const unit of [1e139, 1e-139]) {
      const scaled = allocateQuadratic({
        importance: [4 * unit, 2 * unit, unit],
        kurtosis: 18,
        dims: 2,
      });
      const plain = allocateQuadratic({ importance: [4, 2, 1], kurtosis: 18, dims: 2 });
      plain.capacity.forEach((c, i) => expect(scaled.capacity[i]).toBeCloseTo(c, 12));
    }
  });

  it('returns a bound and a gap where a mixed problem exceeds the effort', () => {
    const problem = { importance: [2.897, 0.761, 1.11], kurtosis: [7.921, 11.828, 2.73], dims: 2 };
    const hurried = allocateQuadratic(problem, { effort: 0 });
    const exact = allocateQuadratic(problem);
    expect(hurried.gap).toBeGreaterThan(0);
    expect(hurried.bound).toBeLessThanOrEqual(exact.loss);
    expect(hurried.loss).toBeGreaterThanOrEqual(exact.loss);
    expect(sum(hurried.capacity)).toBeCloseTo(2, 12);
  });

  it('needs no effort where no feature below 3 can be partial', () => {
    // Its capacity falls by 0.985 per unit of u, and that of each feature above 3 rises by at least 1.6: trading with any of
    // them has increasing returns.
    const problem = {
      importance: [3.16, 0.93, 1.73, 2],
      kurtosis: [5.52, 5.75, 4.34, 1.66],
      dims: 3,
    };
    const { loss, gap, phase } = allocateQuadratic(problem, { effort: 0 });
    expect(gap).toBe(0);
    expect(phase[3]).not.toBe('partial');
    expect(loss).toBeLessThanOrEqual(
      bestOnGrid(problem.importance, problem.kurtosis, 3, 48) * (1 + 1e-12),
    );
  });

  it.each([
    [{ importance: [], kurtosis: 3, dims: 1 }, 'importance'],
    [{ importance: [0, 0], kurtosis: 3, dims: 1 }, 'importance: all are 0'],
    [{ importance: [1, -1], kurtosis: 3, dims: 1 }, 'importance: feature 1 has -1'],
    [{ importance: [1, NaN], kurtosis: 3, dims: 1 }, 'importance: feature 1'],
    [{ importance: [1, 1e200], kurtosis: 3, dims: 1 }, 'importance: feature 1 has 1e+200; scale'],
    [{ importance: [1e-200, 1], kurtosis: 3, dims: 1 }, 'importance: feature 0 has 1e-200; scale'],
    [{ importance: [1, 1], kurtosis: 1e30, dims: 1 }, 'kurtosis: feature 0 has 1e+30'],
    [{ importance: [1, 1], kurtosis: 0.5, dims: 1 }, 'kurtosis: feature 0 has 0.5'],
    [{ importance: [1, 1], kurtosis: [3], dims: 1 }, 'kurtosis: 1 values for 2 features'],
    [{ importance: [1, 1], kurtosis: Infinity, dims: 1 }, 'kurtosis'],
    [
      { importance: [1, 1], kurtosis: 3, dims: 3 },
      'dims: must be at most 2, the number of features, got 3',
    ],
    [{ importance: [1, 1], kurtosis: 3, dims: 0 }, 'dims'],
    [{ importance: [1, 1], kurtosis: 3, dims: 1.5 }, 'dims'],
  ])('rejects %j', (problem, message) => {
    expect(() => allocateQuadratic(problem)).toThrow(RangeError);
    expect(() => allocateQuadratic(problem)).toThrow(message);
  });
});
