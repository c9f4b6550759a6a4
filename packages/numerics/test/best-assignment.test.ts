import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestAssignment } from '../src/linalg/assignment.ts';
import { sum } from '../../core/test/fixtures.ts';
import { orders } from '../../core/test/orders.ts';

describe('bestAssignment', () => {
  it('matches the best of all permutations', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 6 })
          .chain((n) =>
            fc.tuple(
              fc.constant(n),
              fc.array(fc.integer({ min: -20, max: 20 }), { minLength: n * n, maxLength: n * n }),
            ),
          ),
        ([n, list]) => {
          const scores = Float64Array.from(list);
          const value = (order: ArrayLike<number>): number =>
            sum(Array.from(order, (column, row) => scores[row * n + column]));
          const found = bestAssignment(scores, n);
          expect([...found].toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: n }, (_, i) => i),
          );
          expect(value(found)).toBe(Math.max(...orders(n).map(value)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('rejects wrong sizes and numbers that are not finite', () => {
    expect(() => bestAssignment(new Float64Array(3), 2)).toThrow('expected 2 x 2 = 4 scores');
    expect(() => bestAssignment(Float64Array.of(1, 2, NaN, 4), 2)).toThrow('entry (1, 0) is NaN');
  });
});
