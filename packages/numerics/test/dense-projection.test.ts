import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN } from '../src/dense/tile.ts';
import { machineFor, machineOf } from '../src/dense/program.ts';
import { typescriptProjector } from '../src/dense/typescript-projector.ts';
import { wasmProjector } from '../src/dense/wasm-projector.ts';
import { generator } from '../src/random/generator.ts';
import { normal } from '../src/random/distributions.ts';
import { projector } from '../src/dense/projector.ts';
import {
  type Numbers,
  PRECISIONS,
  machines,
  gamma,
  runGamma,
  normals,
  integers,
} from './dense-cases.ts';

const projection = fc.record({
  seed: fc.nat(),
  dims: fc.integer({ min: 1, max: 70 }),
  rank: fc.integer({ min: 1, max: 70 }),
  count: fc.integer({ min: 0, max: 600 }),
  lists: fc.integer({ min: 0, max: 7 }),
  precision: fc.constantFrom(...PRECISIONS),
});

/** All numbers of a measurement, one quantity after another. */
function flat(out: ReturnType<ReturnType<typeof projector>['measure']>): number[] {
  return [out.norm, out.resolved, out.fourth, ...out.weighted].flatMap((list) => Array.from(list));
}

describe('projector', () => {
  const compare = (w: Numbers, options: Parameters<typeof projector>[0]): void => {
    const { dims, rank, basis, weights, precision } = options;
    const count = w.length / dims;
    const exact = typescriptProjector(options).measure(w, count);
    const dot = runGamma(dims, precision, false);
    const last = gamma(rank, 'float64') + gamma(dims, 'float64');
    for (const machine of machines(precision)) {
      const got = wasmProjector(options, machine).measure(w, count);
      for (let f = 0; f < count; f++) {
        const error = {
          norm: last * exact.norm[f],
          resolved: 0,
          fourth: 0,
          weighted: weights.map(() => 0),
        };
        for (let k = 0; k < rank; k++) {
          let t = 0;
          let terms = 0;
          for (let d = 0; d < dims; d++) {
            const [u, x] = [basis[k * dims + d], w[f * dims + d]].map((value) =>
              precision === 'float32' ? Math.fround(value) : value,
            );
            t += u * x;
            terms += Math.abs(u * x);
          }
          const off = dot * terms;
          const square = off * (2 * Math.abs(t) + off) + last * t * t;
          error.resolved += square;
          error.fourth += square * (2 * t * t + square) + last * t ** 4;
          weights.forEach((list, l) => (error.weighted[l] += Math.abs(list[k]) * square));
        }
        const near = (a: Float64Array, b: Float64Array, bound: number): void => {
          if (!(Math.abs(a[f] - b[f]) <= bound)) expect(a[f]).toBe(b[f]);
        };
        near(got.norm, exact.norm, error.norm);
        near(got.resolved, exact.resolved, error.resolved);
        near(got.fourth, exact.fourth, error.fourth);
        got.weighted.forEach((list, l) => near(list, exact.weighted[l], error.weighted[l]));
      }
    }
  };

  it('matches the reference within rounding bounds', () => {
    fc.assert(
      fc.property(projection, ({ seed, dims, rank, count, lists, precision }) => {
        const g = generator(seed);
        const w = normals(g, Math.min(count, 60) * dims, precision);
        const basis = normals(g, rank * dims, 'float64') as Float64Array;
        // Like inverse eigenvalues of a nearly singular matrix.
        const weights = Array.from({ length: lists }, () =>
          Float64Array.from({ length: rank }, () => normal(g) * 10 ** (3 * normal(g))),
        );
        compare(w, { dims, rank, basis, precision, weights });
      }),
      { numRuns: 25 },
    );
  });

  it('is exact for exact sums', () => {
    fc.assert(
      fc.property(projection, ({ seed, dims, rank, count, lists, precision }) => {
        const g = generator(seed);
        const w = integers(g, count * dims, 'float32');
        const basis = integers(g, rank * dims, 'float64') as Float64Array;
        const weights = Array.from(
          { length: lists },
          () => integers(g, rank, 'float64') as Float64Array,
        );
        const options = { dims, rank, basis, precision, weights };
        const exact = flat(typescriptProjector(options).measure(w, count));
        for (const machine of machines(precision)) {
          expect(flat(wasmProjector(options, machine).measure(w, count))).toEqual(exact);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('handles sums longer than a run and ranks beyond a panel', () => {
    const [dims, rank] = [2 * RUN + 3, 491];
    for (const precision of PRECISIONS) {
      const g = generator(6);
      const basis = normals(g, rank * dims, 'float64') as Float64Array;
      const weights = [Float64Array.from({ length: rank }, (_, k) => 1 / (1 + k))];
      compare(normals(g, 5 * dims, precision), { dims, rank, basis, precision, weights });
    }
  });

  it('gives a vector the same bytes at any position and for any vector width', () => {
    fc.assert(
      fc.property(projection, fc.nat(), ({ seed, dims, rank, count, lists, precision }, from) => {
        if (count === 0) return;
        const g = generator(seed);
        const w = normals(g, count * dims, precision);
        const basis = normals(g, rank * dims, 'float64') as Float64Array;
        const weights = Array.from(
          { length: lists },
          () => normals(g, rank, 'float64') as Float64Array,
        );
        const options = { dims, rank, basis, precision, weights };
        const first = from % count;
        const { isFused } = machineFor(precision)!;
        const all = wasmProjector(options, machineOf(precision, isFused, false)).measure(w, count);
        const { measure } = wasmProjector(options, machineOf(precision, isFused, true));
        const some = measure(w.subarray(first * dims), count - first);
        const cut = (list: Float64Array): Float64Array => list.slice(first);
        expect(some).toEqual({
          norm: cut(all.norm),
          resolved: cut(all.resolved),
          fourth: cut(all.fourth),
          weighted: all.weighted.map(cut),
        });
      }),
      { numRuns: 25 },
    );
  });

  it('squares numbers whose squares underflow in float32', () => {
    const basis = Float64Array.of(1, 0, 0, 1);
    const options = { dims: 2, rank: 2, basis, weights: [Float64Array.of(1e12, 1)] };
    for (const precision of PRECISIONS) {
      const small = Math.fround(1e-25);
      const { measure } = projector({ ...options, precision });
      const { norm, resolved, weighted, fourth } = measure(Float32Array.of(small, 0, 0, 0), 2);
      expect([norm[0], resolved[0]]).toEqual([small ** 2, small ** 2]);
      expect(weighted[0][0]).toBe(1e12 * small ** 2);
      expect(fourth[0]).toBe(small ** 2 * small ** 2);
      expect([norm[1], resolved[1], weighted[0][1], fourth[1]]).toEqual([0, 0, 0, 0]);
    }
  });

  it('handles 8192 dimensions', () => {
    const dims = 8192;
    const g = generator(7);
    for (const precision of PRECISIONS) {
      const basis = integers(g, 3 * dims, 'float64') as Float64Array;
      const options = { dims, rank: 3, basis, precision, weights: [] };
      const w = integers(g, 2 * dims, precision);
      expect(projector(options).measure(w, 2)).toEqual(typescriptProjector(options).measure(w, 2));
    }
  });
});
