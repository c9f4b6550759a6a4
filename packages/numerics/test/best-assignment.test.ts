import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generator, uniform } from '../src/random/index.ts';
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

  it('chooses the best columns for fewer rows, whatever the precision of the scores', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 }))
          .chain(([rows, more]) =>
            fc.tuple(
              fc.constant(rows),
              fc.constant(rows + more),
              fc.array(fc.integer({ min: -9, max: 9 }), {
                minLength: rows * (rows + more),
                maxLength: rows * (rows + more),
              }),
            ),
          ),
        ([rows, columns, list]) => {
          const value = (order: ArrayLike<number>): number =>
            sum(Array.from({ length: rows }, (_, row) => list[row * columns + order[row]]));
          const found = bestAssignment(Float32Array.from(list), rows, columns);
          expect(new Set(found).size).toBe(rows);
          // The first entries of all permutations of the columns are all choices.
          expect(value(found)).toBe(Math.max(...orders(columns).map(value)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    [12, 17, 11_235],
    [40, 40, 37_745],
    [100, 130, 98_441],
  ])('attains the sum of scipy 1.17 for %i x %i scores: %i', (rows, columns, total) => {
    // scipy.optimize.linear_sum_assignment(scores, maximize=True)
    const scores = Float64Array.from({ length: rows * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      return (i * i * 37 + j * 91 + i * j * 13) % 997;
    });
    const found = bestAssignment(scores, rows, columns);
    expect(new Set(found).size).toBe(rows);
    expect(sum(Array.from(found, (column, row) => scores[row * columns + column]))).toBe(total);
  });

  it('is no worse than any exchange of two rows in a large matrix', () => {
    const n = 300;
    const g = generator(3);
    const scores = Float64Array.from({ length: n * n }, () => uniform(g));
    const column = bestAssignment(scores, n);
    expect(new Set(column).size).toBe(n);
    let most = -Infinity;
    for (let i = 0; i < n; i++)
      for (let k = 0; k < i; k++) {
        const own = scores[i * n + column[i]] + scores[k * n + column[k]];
        most = Math.max(most, scores[i * n + column[k]] + scores[k * n + column[i]] - own);
      }
    expect(most).toBeLessThanOrEqual(4 * Number.EPSILON);
  });

  it('rejects wrong sizes and numbers that are not finite', () => {
    expect(() => bestAssignment(new Float64Array(3), 2)).toThrow('expected 2 x 2 = 4 scores');
    expect(() => bestAssignment(new Float64Array(2), 2, 1)).toThrow('transpose the scores');
    expect(() => bestAssignment(Float64Array.of(1, 2, NaN, 4), 2)).toThrow('entry (1, 0) is NaN');
  });
});
