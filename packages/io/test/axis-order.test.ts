import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fortranToC, placeFortran } from '../src/numbers/axis-order.ts';
import { vectorsOf } from '../src/layouts/gather-features.ts';

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

/** The place in C order of each element of Fortran order, by the definition of both. */
function placesInC(shape: readonly number[]): number[] {
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, element) => {
    let rest = element;
    const index = shape.map((size) => {
      const at = rest % size;
      rest = (rest - at) / size;
      return at;
    });
    return index.reduce((place, at, axis) => place * shape[axis] + at, 0);
  });
}

describe('an array in Fortran order', () => {
  test('is placed in C order in portions of any size', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 60 }), (shape, size) => {
        const places = placesInC(shape);
        const stored = Float64Array.from(places, (_, element) => element);
        const out = new Float64Array(stored.length).fill(-1);
        for (let first = 0; first < stored.length; first += size)
          placeFortran(out, shape, first, stored.slice(first, first + size));
        const expected = new Float64Array(stored.length);
        places.forEach((place, element) => (expected[place] = element));
        expect(out).toEqual(expected);
        expect(fortranToC(stored, shape)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the vectors of a tensor', () => {
  const tensor = (shape: number[]) => ({
    name: 'W',
    dtype: 'F64',
    shape,
    data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  });
  const gather = (shape: number[], range: object) =>
    vectorsOf(tensor(shape), { tensor: 'W', axis: 'rows', ...range }, 'x');

  test('are its rows or columns, of one matrix of a stack, or some of them', () => {
    expect([...gather([2, 3], {}).data]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...gather([2, 3], { axis: 'columns' }).data]).toEqual([0, 3, 1, 4, 2, 5]);
    expect([...gather([2, 2, 2], { index: 1 }).data]).toEqual([4, 5, 6, 7]);
    expect([...gather([3, 2], { from: 1, to: 2 }).data]).toEqual([2, 3]);
    expect([...gather([3, 2], { from: 1 }).data]).toEqual([2, 3, 4, 5]);
    expect([...gather([2, 3], { axis: 'columns', from: 1, to: 3 }).data]).toEqual([1, 4, 2, 5]);
  });

  test.each([
    [[6], {}, 'is not a matrix or a stack of matrices'],
    [[1, 2, 2, 2], {}, 'is not a matrix or a stack of matrices'],
    [[2, 3], { index: 0 }, 'is one matrix, not a stack of them; leave out the index 0'],
    [[2, 2, 2], {}, 'is a stack of 2 matrices; choose one by its index, 0 to 1'],
    [[2, 2, 2], { index: 2 }, 'the index must be 0 to 1, not 2'],
    [[2, 2, 2], { index: -1 }, 'the index must be 0 to 1, not -1'],
    [[2, 2, 2], { index: 0.5 }, 'the index must be 0 to 1, not 0.5'],
    [[0, 3], {}, 'is empty'],
    [[3, 2], { from: -1 }, 'has 3 rows, not those from -1 to 3'],
    [[3, 2], { to: 4 }, 'has 3 rows, not those from 0 to 4'],
    [[3, 2], { from: 3 }, 'has 3 rows, not those from 3 to 3'],
  ])('are refused: shape %j, range %j', (shape, range, message) => {
    expect(() => gather(shape, range)).toThrow(message);
  });
});
