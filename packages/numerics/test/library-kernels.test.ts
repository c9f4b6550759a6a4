import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownKernels, type DenseKernels } from '../src/dense/dense-kernels.ts';
import type { FrameAccumulatorOptions } from '../src/dense/kernels.ts';
import { libraryKernels } from '../src/dense/library/library-kernels.ts';
import { generator } from '../src/random/generator.ts';
import { integers, PRECISIONS } from './dense-cases.ts';
import { plainLibrary } from './matrix-library.ts';

/*
 * Vectors of small integers, whose sums are exact in float32 in any order: kernels by a library and own kernels must give
 * the same numbers.
 */
const kernels = libraryKernels(plainLibrary);
const RUNS = { numRuns: 20 };

const shape = {
  seed: fc.nat(),
  dims: fc.integer({ min: 1, max: 40 }),
  count: fc.integer({ min: 0, max: 600 }),
  precision: fc.constantFrom(...PRECISIONS),
};

describe('frame operators by a library', () => {
  const sum = (
    by: DenseKernels,
    options: FrameAccumulatorOptions,
    w: Float32Array | Float64Array,
  ) => {
    const accumulator = by.frameAccumulator(options);
    const { dims } = options;
    const count = w.length / dims;
    const half = count >> 1;
    accumulator.add(w, half);
    const kept = accumulator.sums();
    accumulator.add(w.subarray(half * dims), count - half);
    const rest = by.frameAccumulator({ ...options, begun: kept });
    rest.add(w.subarray(kept.vectors * dims), count - kept.vectors);
    return { result: accumulator.result(), resumed: rest.result() };
  };

  it('equal those of the own kernel, in any rows, and continue from earlier sums', () => {
    fc.assert(
      fc.property(fc.record({ ...shape, a: fc.nat(), b: fc.nat() }), (drawn) => {
        const { seed, dims, count, precision } = drawn;
        const ends = [drawn.a % (dims + 1), drawn.b % (dims + 1)].toSorted((x, y) => x - y);
        const options = { dims, from: ends[0], to: ends[1], precision };
        const w = integers(generator(seed), count * dims, precision);
        const expected = sum(ownKernels, options, w).result;
        expect(sum(kernels, options, w)).toEqual({ result: expected, resumed: expected });
      }),
      RUNS,
    );
  });

  it('cannot be used after the result', () => {
    const ended = kernels.frameAccumulator({ dims: 1, from: 0, to: 1, precision: 'float32' });
    ended.result();
    expect(() => ended.add(Float32Array.of(1), 1)).toThrow('after the result');
    expect(() => ended.sums()).toThrow('after the result');
  });
});

describe('projections by a library', () => {
  it('equal those of the own kernel', () => {
    const drawing = fc.record({
      ...shape,
      rank: fc.integer({ min: 1, max: 40 }),
      lists: fc.integer({ min: 0, max: 7 }),
    });
    fc.assert(
      fc.property(drawing, ({ seed, dims, count, precision, rank, lists }) => {
        const g = generator(seed);
        const options = {
          dims,
          rank,
          precision,
          basis: integers(g, rank * dims, 'float64') as Float64Array,
          weights: Array.from(
            { length: lists },
            () => integers(g, rank, 'float64') as Float64Array,
          ),
        };
        const w = integers(g, count * dims, precision);
        const [got, expected] = [kernels, ownKernels].map((by) => {
          const projector = by.projector(options);
          const measured = projector.measure(w, count);
          projector.close();
          return measured;
        });
        expect(got).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('refuse vectors after they were closed', () => {
    const basis = Float64Array.of(1);
    const made = kernels.projector({ dims: 1, rank: 1, basis, precision: 'float32', weights: [] });
    made.close();
    expect(() => made.measure(Float32Array.of(1), 1)).toThrow('after close');
  });
});

describe('other products by a library', () => {
  it('equal those of the own kernels', () => {
    fc.assert(
      fc.property(fc.record({ ...shape, rows: fc.integer({ min: 1, max: 20 }) }), (drawn) => {
        const { seed, dims, count, precision, rows } = drawn;
        const g = generator(seed);
        const fixed = integers(g, rows * dims, precision);
        const basis = integers(g, dims * dims, 'float64') as Float64Array;
        const w = integers(g, count * dims, precision);
        const [got, expected] = [kernels, ownKernels].map((by) => ({
          products: by
            .rowProducts({ dims, count: rows, rows: fixed, precision })
            .multiply(w, count),
          rotated: by.rotator({ dims, basis })(w, count),
        }));
        expect(got).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('find the same neighbours as the own kernel, the first of equal ones, and none of zero vectors', () => {
    fc.assert(
      fc.property(fc.record({ ...shape, other: fc.integer({ min: 0, max: 300 }) }), (drawn) => {
        const { seed, dims, count, other } = drawn;
        const g = generator(seed);
        const [a, b] = [count, other].map((n) => integers(g, n * dims, 'float32'));
        const most = Math.max(1, count, other);
        const [got, expected] = [kernels, ownKernels].map((by) => {
          const kernel = by.nearestNeighbours({ dims, most });
          return [kernel.within(a, count), kernel.between(a, count, b, other)];
        });
        expect(got).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('use the own eigendecomposition if the library has none', () => {
    expect(kernels.symmetricEigen).toBe(ownKernels.symmetricEigen);
    const own = { values: Float64Array.of(1), vectors: Float64Array.of(1) };
    const { symmetricEigen } = libraryKernels({ ...plainLibrary, symmetricEigen: () => own });
    expect(symmetricEigen(Float64Array.of(1), 1)).toBe(own);
  });
});
