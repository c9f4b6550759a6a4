import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineFor, machineOf } from '../src/dense/program.ts';
import { rotator } from '../src/dense/rotator.ts';
import { typescriptRotator } from '../src/dense/typescript-rotator.ts';
import { wasmRotator } from '../src/dense/wasm-rotator.ts';
import { generator } from '../src/random/generator.ts';
import { gamma, machines, normals, type Numbers } from './dense-cases.ts';

describe('rotator', () => {
  const rotation = fc.record({
    seed: fc.nat(),
    dims: fc.integer({ min: 1, max: 300 }),
    count: fc.integer({ min: 0, max: 150 }),
  });

  it('matches the reference within rounding bounds', () => {
    fc.assert(
      fc.property(rotation, ({ seed, dims, count }) => {
        const g = generator(seed);
        const basis = normals(g, dims * dims, 'float64') as Float64Array;
        const w = normals(g, count * dims, 'float64');
        const exact = typescriptRotator({ dims, basis })(w, count);
        const sizes = typescriptRotator({ dims, basis: basis.map(Math.abs) })(
          w.map(Math.abs) as Numbers,
          count,
        );
        // Both sums have the same number of products.
        const bound = 2 * gamma(dims, 'float64');
        for (const machine of machines('float64')) {
          const got = wasmRotator({ dims, basis }, machine)(w, count);
          expect(got.length).toBe(exact.length);
          got.forEach((value, at) => {
            if (!(Math.abs(value - exact[at]) <= bound * sizes[at])) expect(value).toBe(exact[at]);
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('gives a vector the same bytes at any position and for any vector width', () => {
    const [dims, count] = [70, 300];
    const g = generator(6);
    const basis = normals(g, dims * dims, 'float64') as Float64Array;
    const w = normals(g, count * dims, 'float32');
    const { isFused } = machineFor('float64')!;
    const [narrow, wide] = [false, true].map((isWide) =>
      wasmRotator({ dims, basis }, machineOf('float64', isFused, isWide)),
    );
    const whole = narrow(w, count);
    expect(wide(w, count)).toEqual(whole);
    for (const from of [1, 7, 133, 299])
      expect(narrow(w.subarray(from * dims), count - from)).toEqual(whole.subarray(from * dims));
  });

  it('rejects inconsistent sizes', () => {
    expect(() => rotator({ dims: 2, basis: new Float64Array(3) })).toThrow('got 3');
    expect(() => rotator({ dims: 0, basis: new Float64Array(0) })).toThrow(RangeError);
    const rotate = rotator({ dims: 2, basis: Float64Array.of(0, 1, -1, 0) });
    expect(rotate(Float32Array.of(3, 4), 1)).toEqual(Float64Array.of(4, -3));
    expect(() => rotate(new Float64Array(3), 2)).toThrow('got 3');
  });
});
