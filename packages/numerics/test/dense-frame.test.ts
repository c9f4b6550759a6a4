import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN } from '../src/dense/tile.ts';
import { machineFor, machineOf } from '../src/dense/program.ts';
import { typescriptFrameAccumulator } from '../src/dense/typescript-frame.ts';
import { triangleSize } from '../src/dense/triangle.ts';
import { wasmFrameAccumulator } from '../src/dense/wasm-frame.ts';
import { frameAccumulator } from '../src/dense/frame-accumulator.ts';
import type { FrameAccumulator, FrameAccumulatorOptions } from '../src/dense/kernels.ts';
import { generator } from '../src/random/generator.ts';
import type { Precision } from '../src/dense/precision.ts';
import { type Numbers, PRECISIONS, machines, runGamma, normals, integers } from './dense-cases.ts';

/** Adds vectors in chunks of a given size, then the rest. */
function addIn(
  accumulator: FrameAccumulator,
  w: Numbers,
  dims: number,
  cuts: readonly number[],
): Float64Array {
  const count = w.length / dims;
  let first = 0;
  for (const cut of [...cuts, count]) {
    const taken = Math.min(cut, count - first);
    accumulator.add(w.subarray(first * dims, (first + taken) * dims), taken);
    first += taken;
  }
  return accumulator.result();
}

const size = fc.record({
  seed: fc.nat(),
  dims: fc.integer({ min: 1, max: 70 }),
  count: fc.integer({ min: 0, max: 700 }),
  precision: fc.constantFrom(...PRECISIONS),
  cuts: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 4 }),
  rows: fc.tuple(fc.nat(), fc.nat()),
});

/** Rows from .. to - 1 of S. */
function range([a, b]: readonly [number, number], dims: number): [number, number] {
  const [x, y] = [a % (dims + 1), b % (dims + 1)];
  return [Math.min(x, y), Math.max(x, y)];
}

describe('rows of the frame operator', () => {
  it('match the reference within rounding bounds', () => {
    fc.assert(
      fc.property(size, ({ seed, dims, count, precision, cuts, rows }) => {
        const w = normals(generator(seed), count * dims, precision);
        const [from, to] = range(rows, dims);
        const options = { dims, from, to, precision };
        const exact = addIn(typescriptFrameAccumulator(options), w, dims, []);
        const sizes = addIn(
          typescriptFrameAccumulator(options),
          w.map(Math.abs) as Numbers,
          dims,
          [],
        );
        const bound = runGamma(count, precision, true);
        for (const machine of machines(precision)) {
          const got = addIn(wasmFrameAccumulator(options, machine), w, dims, cuts);
          expect(got.length).toBe(exact.length);
          got.forEach((value, at) => {
            if (!(Math.abs(value - exact[at]) <= bound * sizes[at])) expect(value).toBe(exact[at]);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are exact for exact sums, and 0 right of the diagonal', () => {
    fc.assert(
      fc.property(size, ({ seed, dims, count, precision, cuts, rows }) => {
        const w = integers(generator(seed), count * dims, 'float32');
        const [from, to] = range(rows, dims);
        const options = { dims, from, to, precision };
        const exact = addIn(typescriptFrameAccumulator(options), w, dims, []);
        for (const machine of machines(precision)) {
          expect(addIn(wasmFrameAccumulator(options, machine), w, dims, cuts)).toEqual(exact);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('have the same bytes for any rows, chunks and vector widths', () => {
    fc.assert(
      fc.property(size, ({ seed, dims, count, precision, cuts, rows }) => {
        const w = normals(generator(seed), count * dims, 'float64');
        const [from, to] = range(rows, dims);
        const all = { dims, from: 0, to: dims, precision };
        const [plain, ...others] = machines(precision).filter(
          ({ isFused }) => isFused === machineFor(precision)!.isFused,
        );
        const whole = addIn(wasmFrameAccumulator(all, plain), w, dims, []);
        for (const machine of [plain, ...others]) {
          const part = addIn(wasmFrameAccumulator({ ...all, from, to }, machine), w, dims, cuts);
          expect(part).toEqual(whole.subarray(from * dims, to * dims));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('continue from earlier sums to the same bytes, even with other rows', () => {
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 1, noNaN: true }), (given, at) => {
        const { seed, dims, count, precision, cuts, rows } = given;
        const w = normals(generator(seed), count * dims, precision);
        const all = { dims, from: 0, to: dims, precision };
        const [from, to] = range(rows, dims);
        const makers = [
          typescriptFrameAccumulator,
          ...machines(precision).map(
            (machine) => (options: FrameAccumulatorOptions) =>
              wasmFrameAccumulator(options, machine),
          ),
        ];
        for (const make of makers) {
          const first = make(all);
          first.add(w, Math.round(at * count));
          const { vectors, triangle } = first.sums();
          expect(vectors).toBeLessThanOrEqual(Math.round(at * count));
          const part = triangle.slice(triangleSize(0, from), triangleSize(0, to));
          const second = make({ ...all, from, to, begun: { vectors, triangle: part } });
          const rest = w.subarray(vectors * dims);
          expect(addIn(second, rest, dims, cuts)).toEqual(
            addIn(make({ ...all, from, to }), w, dims, []),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('have the same bytes before and after the engine optimises the code', () => {
    for (const precision of PRECISIONS) {
      const w = normals(generator(9), 2000 * 100, precision);
      const options = { dims: 100, from: 0, to: 100, precision };
      const { isFused } = machineFor(precision)!;
      const sums = [false, true].flatMap((isWide) =>
        Array.from({ length: 4 }, () =>
          addIn(wasmFrameAccumulator(options, machineOf(precision, isFused, isWide)), w, 100, []),
        ),
      );
      for (const sum of sums) expect(sum).toEqual(sums[0]);
    }
  });

  it('round float64 numbers to float32 and widen float32 numbers', () => {
    const w = normals(generator(3), 90, 'float64');
    const sum = (precision: Precision, numbers: Numbers): Float64Array =>
      addIn(frameAccumulator({ dims: 9, from: 0, to: 9, precision }), numbers, 9, []);
    expect(sum('float32', w)).toEqual(sum('float32', Float32Array.from(w)));
    const narrow = Float32Array.from(w);
    expect(sum('float64', narrow)).toEqual(sum('float64', Float64Array.from(narrow)));
  });

  it('stay as accurate as their products over many runs', () => {
    const [dims, count] = [6, 40_000];
    const w = normals(generator(4), dims * count, 'float32');
    const options = { dims, from: 0, to: dims, precision: 'float32' as Precision };
    const exact = addIn(typescriptFrameAccumulator(options), w, dims, []);
    const got = addIn(frameAccumulator(options), w, dims, []);
    // Each of n rounding errors in a run is at most u times a partial sum; independent ones add up to sqrt(n) u.
    const trace = exact[0];
    got.forEach((value, at) =>
      expect(Math.abs(value - exact[at]) / trace).toBeLessThan(Math.sqrt(RUN) * 2 ** -24),
    );
  });

  it('handle denormal numbers', () => {
    const least = 2 ** -149;
    const w = Float32Array.of(4 * least, 1, 6 * least, 0.5);
    const options = { dims: 2, from: 0, to: 2, precision: 'float32' as Precision };
    for (const machine of machines('float32')) {
      const got = addIn(wasmFrameAccumulator(options, machine), w, 2, []);
      expect(Array.from(got)).toEqual([0, 0, 7 * least, 1.25]);
    }
    const tiny = Float64Array.of(1e-160, 0);
    const sum = frameAccumulator({ dims: 2, from: 0, to: 1, precision: 'float64' });
    expect(addIn(sum, tiny, 2, [])[0]).toBe(1e-160 * 1e-160);
  });

  it('handle 8192 dimensions', () => {
    const dims = 8192;
    const [from, to] = [8181, 8192];
    for (const precision of PRECISIONS) {
      const w = integers(generator(5), 3 * dims, precision);
      const options = { dims, from, to, precision };
      expect(addIn(frameAccumulator(options), w, dims, [2])).toEqual(
        addIn(typescriptFrameAccumulator(options), w, dims, []),
      );
    }
  });
});
