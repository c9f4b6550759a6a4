import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { efficiency } from '../src/capacity/summary.ts';
import { efficientEmbedding } from '../src/geometry/efficient-embedding.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { measureCapacity } from '../src/capacity/measure.ts';

/** Capacities in (0, 1) that sum to an integer: arbitrary numbers, mapped monotonically. */
const tightCapacities = fc
  .array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: 2, maxLength: 40 })
  .chain((raw) => fc.integer({ min: 1, max: raw.length - 1 }).map((dims) => ({ raw, dims })))
  .map(({ raw, dims }) => {
    // c = x^t with t chosen by bisection: the sum falls from N to 0 as t grows.
    let low = 0;
    let high = 1e4;
    const capped = raw.map((x) => Math.min(x, 0.999));
    for (let i = 0; i < 200; i++) {
      const t = (low + high) / 2;
      if (capped.reduce((total, x) => total + x ** t, 0) > dims) low = t;
      else high = t;
    }
    return { capacity: capped.map((x) => x ** high), dims };
  });

describe('efficientEmbedding', () => {
  it('builds a tight frame with any capacities that sum to an integer (theorem 1)', () => {
    fc.assert(
      fc.property(
        tightCapacities,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        ({ capacity, dims }, gamma) => {
          const w = efficientEmbedding(
            capacity,
            capacity.map((c) => gamma * c),
            dims,
          );
          const s = frameOperator(w);
          const errors = s.map((x, at) => Math.abs(x - (at % (dims + 1) === 0 ? gamma : 0)));
          expect(Math.max(...errors)).toBeLessThan(1e-10 * gamma);
          const measured = measureCapacity(w);
          expect(
            Math.max(...capacity.map((c, i) => Math.abs(measured.capacity[i] - c))),
          ).toBeLessThan(1e-9);
          expect(efficiency(measured)).toBeGreaterThan(1 - 1e-9);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('makes ignored features zero, full ones axes of their own, and blocks of different gamma orthogonal', () => {
    // Figure 5 of the paper: two features in one dimension, three in two.
    const capacity = [0.5, 2 / 3, 2 / 3, 0.5, 0, 2 / 3, 1];
    const gamma = [3, 1, 1, 3, 0, 1, 7];
    const w = efficientEmbedding(
      capacity,
      capacity.map((c, i) => c * gamma[i]),
      4,
    );
    const { capacity: c, squaredNorm } = measureCapacity(w);
    capacity.forEach((expected, i) => {
      expect(c[i]).toBeCloseTo(expected, 12);
      expect(squaredNorm[i]).toBeCloseTo(expected * gamma[i], 12);
    });
  });

  it('does not depend on how gammas are rounded', () => {
    const capacity = [0.3, 0.9, 0.5, 0.7, 0.6];
    const exact = efficientEmbedding(capacity, capacity, 3);
    for (const gamma of [1e-4, 1, 1e4]) {
      const rounded = capacity.map((c, i) => gamma * c * (1 + [2, -3, 5, -1, 0][i] * 1e-10));
      efficientEmbedding(capacity, rounded, 3).data.forEach((x, j) =>
        expect(Math.abs(x / Math.sqrt(gamma) - exact.data[j])).toBeLessThan(1e-9),
      );
    }
  });

  it('makes an antipodal pair of two equal features in one dimension', () => {
    expect(
      [...efficientEmbedding([0.5, 0.5], [0.5, 0.5], 1).data].map(Math.sign).toSorted(),
    ).toEqual([-1, 1]);
  });

  it.each([
    [4, 2],
    [60, 30],
  ])(
    'accepts capacities of %i features that sum to %i but for 1e-9 per feature',
    (features, dims) => {
      const off = (share: number): (() => unknown) => {
        const capacity = Array.from(
          { length: features },
          (_, i) => dims / features + (i < 1 ? share : 0),
        );
        return () => efficientEmbedding(capacity, capacity, dims);
      };
      for (const sign of [1, -1]) {
        expect(off(sign * 0.99e-9 * features)).not.toThrow();
        expect(off(sign * 1.01e-9 * features)).toThrow('not an integer');
      }
    },
  );

  it('leaves the last dimensions empty if capacities sum to less', () => {
    expect([...efficientEmbedding([1, 0], [4, 0], 2).data]).toEqual([2, 0, 0, 0]);
  });

  it.each([
    [[0.5, 0.6], [0.5, 0.6], 1, 'not an integer'],
    [[0.5, 0.5], [0.5, 0.6], 1, 'not an integer'],
    [[1, 1], [1, 1], 1, 'more than 1'],
    [[1, 0.5, 0.5], [1, 2, 2], 1, 'the capacities sum to more than 1'],
    [[1.5], [1], 1, 'outside [0, 1]'],
    [[1], [0], 1, 'squared norm 0'],
    [[0.5, 0.5], [0.5, Infinity], 1, 'feature 1 has capacity 0.5 but squared norm Infinity'],
    [[NaN], [1], 1, 'feature 0 has capacity NaN, outside [0, 1]'],
    [[1], [1, 2], 1, '1 capacities but 2'],
  ])(
    'rejects capacities %j with norms %j in %i dimensions',
    (capacity, squaredNorm, dims, message) => {
      expect(() => efficientEmbedding(capacity, squaredNorm, dims)).toThrow(message);
    },
  );
});
