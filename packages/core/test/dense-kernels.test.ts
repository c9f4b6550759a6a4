import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN } from '../src/dense/tile.ts';
import { machineFor, machineOf, type Machine } from '../src/dense/program.ts';
import { rotator, typescriptRotator } from '../src/dense/rotator.ts';
import { typescriptFrameAccumulator } from '../src/dense/typescript-frame.ts';
import { typescriptNeighbours } from '../src/dense/typescript-neighbours.ts';
import { typescriptProjector } from '../src/dense/typescript-projector.ts';
import { triangleSize } from '../src/dense/triangle.ts';
import { wasmFrameAccumulator } from '../src/dense/wasm-frame.ts';
import { wasmNeighbours } from '../src/dense/wasm-neighbours.ts';
import { wasmProjector } from '../src/dense/wasm-projector.ts';
import { wasmRotator } from '../src/dense/wasm-rotator.ts';
import {
  frameAccumulator,
  generator,
  mergeNeighbours,
  nearestNeighbours,
  noNeighbours,
  normal,
  projector,
  type FrameAccumulator,
  type FrameAccumulatorOptions,
  type Generator,
  type NearestNeighbours,
  type Neighbours,
  type Precision,
} from '../src/index.ts';

type Numbers = Float32Array | Float64Array;
const PRECISIONS: readonly Precision[] = ['float32', 'float64'];

/** Every way in which code is generated and can run here: rounding once or twice, for paired vectors or not. */
function machines(precision: Precision): Machine[] {
  const here = machineFor(precision)!;
  return (here.isFused ? [true, false] : [false]).flatMap((isFused) => [
    machineOf(precision, isFused, false),
    machineOf(precision, isFused, true),
  ]);
}

/** The bound n u / (1 - n u) on the relative error of a sum of n products (Higham, section 3.1), u half a unit in the last place. */
function gamma(terms: number, precision: Precision): number {
  const u = (terms + 2) * (precision === 'float32' ? 2 ** -24 : 2 ** -53);
  return u / (1 - u);
}

/** The rounding of a sum of products that is taken in runs, and over them in the same precision or in float64. */
function runGamma(terms: number, precision: Precision, isWidened: boolean): number {
  const runs = Math.ceil(terms / RUN);
  return (
    gamma(Math.min(terms, RUN), precision) +
    gamma(runs, isWidened ? 'float64' : precision) +
    gamma(terms, 'float64')
  );
}

function normals(g: Generator, length: number, precision: Precision): Numbers {
  const values = Float64Array.from({ length }, () => normal(g));
  return precision === 'float32' ? Float32Array.from(values) : values;
}

/** Numbers -2 .. 2, a third of them 0, of which all sums here are exact in float32. */
function integers(g: Generator, length: number, precision: Precision): Numbers {
  const values = Float64Array.from({ length }, () =>
    Math.max(-2, Math.min(2, Math.trunc(1.6 * normal(g)))),
  );
  return precision === 'float32' ? Float32Array.from(values) : values;
}

/** Adds features in blocks of so many, and the rest. */
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

/** Rows from .. to of so many dims. */
function range([a, b]: readonly [number, number], dims: number): [number, number] {
  const [x, y] = [a % (dims + 1), b % (dims + 1)];
  return [Math.min(x, y), Math.max(x, y)];
}

describe('the frame operator by rows', () => {
  it('is that of the reference, within the bounds of rounding', () => {
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

  it('is exact where sums are, and 0 right of the diagonal', () => {
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

  it('has the same bytes for all rows, cuts and widths', () => {
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

  it('goes on from its sums to the same bytes, by other rows too', () => {
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
          const { features, triangle } = first.sums();
          expect(features).toBeLessThanOrEqual(Math.round(at * count));
          const part = triangle.slice(triangleSize(0, from), triangleSize(0, to));
          const second = make({ ...all, from, to, begun: { features, triangle: part } });
          const rest = w.subarray(features * dims);
          expect(addIn(second, rest, dims, cuts)).toEqual(
            addIn(make({ ...all, from, to }), w, dims, []),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('has the same bytes before and after the engine has optimised the code', () => {
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

  it('rounds float64 numbers to float32, and widens float32 ones', () => {
    const w = normals(generator(3), 90, 'float64');
    const sum = (precision: Precision, numbers: Numbers): Float64Array =>
      addIn(frameAccumulator({ dims: 9, from: 0, to: 9, precision }), numbers, 9, []);
    expect(sum('float32', w)).toEqual(sum('float32', Float32Array.from(w)));
    const narrow = Float32Array.from(w);
    expect(sum('float64', narrow)).toEqual(sum('float64', Float64Array.from(narrow)));
  });

  it('stays as exact as its products over many runs', () => {
    const [dims, count] = [6, 40_000];
    const w = normals(generator(4), dims * count, 'float32');
    const options = { dims, from: 0, to: dims, precision: 'float32' as Precision };
    const exact = addIn(typescriptFrameAccumulator(options), w, dims, []);
    const got = addIn(frameAccumulator(options), w, dims, []);
    // Of n rounding errors in a run each is at most u times a partial sum; were they independent, sqrt(n) u of it.
    const trace = exact[0];
    got.forEach((value, at) =>
      expect(Math.abs(value - exact[at]) / trace).toBeLessThan(Math.sqrt(RUN) * 2 ** -24),
    );
  });

  it('knows denormal numbers', () => {
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

  it('takes 8192 dimensions', () => {
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

const projection = fc.record({
  seed: fc.nat(),
  dims: fc.integer({ min: 1, max: 70 }),
  rank: fc.integer({ min: 1, max: 70 }),
  count: fc.integer({ min: 0, max: 600 }),
  lists: fc.integer({ min: 0, max: 7 }),
  precision: fc.constantFrom(...PRECISIONS),
});

/** All numbers of a measurement, one quantity after the other. */
function flat(out: ReturnType<ReturnType<typeof projector>['measure']>): number[] {
  return [out.norm, out.resolved, out.fourth, ...out.weighted].flatMap((list) => Array.from(list));
}

describe('the projection onto a basis', () => {
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

  it('is that of the reference, within the bounds of rounding', () => {
    fc.assert(
      fc.property(projection, ({ seed, dims, rank, count, lists, precision }) => {
        const g = generator(seed);
        const w = normals(g, Math.min(count, 60) * dims, precision);
        const basis = normals(g, rank * dims, 'float64') as Float64Array;
        // As inverse eigenvalues of a matrix that is all but singular.
        const weights = Array.from({ length: lists }, () =>
          Float64Array.from({ length: rank }, () => normal(g) * 10 ** (3 * normal(g))),
        );
        compare(w, { dims, rank, basis, precision, weights });
      }),
      { numRuns: 25 },
    );
  });

  it('is exact where sums are', () => {
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

  it('takes sums longer than a run and ranks beyond a panel', () => {
    const [dims, rank] = [2 * RUN + 3, 491];
    for (const precision of PRECISIONS) {
      const g = generator(6);
      const basis = normals(g, rank * dims, 'float64') as Float64Array;
      const weights = [Float64Array.from({ length: rank }, (_, k) => 1 / (1 + k))];
      compare(normals(g, 5 * dims, precision), { dims, rank, basis, precision, weights });
    }
  });

  it('gives a feature the same bytes wherever it stands, and for all widths', () => {
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

  it('squares what float32 cannot', () => {
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

  it('takes 8192 dimensions', () => {
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

/** All pairs of N features, in blocks of so many, in an order that does not matter. */
function inBlocks(
  kernel: NearestNeighbours,
  w: Numbers,
  dims: number,
  block: number,
  order: Generator,
): Neighbours {
  const count = w.length / dims;
  const out = noNeighbours(count);
  const steps: (() => void)[] = [];
  const part = (first: number) => {
    const taken = Math.min(block, count - first);
    return { numbers: w.subarray(first * dims, (first + taken) * dims), taken };
  };
  for (let i = 0; i < count; i += block) {
    const a = part(i);
    steps.push(() => mergeNeighbours(out, i, kernel.within(a.numbers, a.taken), i));
    for (let j = i + block; j < count; j += block) {
      const b = part(j);
      steps.push(() => {
        const { ofA, ofB } = kernel.between(a.numbers, a.taken, b.numbers, b.taken);
        mergeNeighbours(out, i, ofA, j);
        mergeNeighbours(out, j, ofB, i);
      });
    }
  }
  const keys = steps.map(() => normal(order));
  for (const step of [...steps.keys()].toSorted((x, y) => keys[x] - keys[y])) steps[step]();
  return out;
}

describe('the rotation into a basis', () => {
  const rotation = fc.record({
    seed: fc.nat(),
    dims: fc.integer({ min: 1, max: 300 }),
    count: fc.integer({ min: 0, max: 150 }),
  });

  it('is that of the reference, within the bounds of rounding', () => {
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
        // Both are sums of as many products.
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

  it('gives a feature the same bytes wherever it stands, and for all widths', () => {
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

  it('refuses what does not fit', () => {
    expect(() => rotator({ dims: 2, basis: new Float64Array(3) })).toThrow('got 3');
    expect(() => rotator({ dims: 0, basis: new Float64Array(0) })).toThrow(RangeError);
    const rotate = rotator({ dims: 2, basis: Float64Array.of(0, 1, -1, 0) });
    expect(rotate(Float32Array.of(3, 4), 1)).toEqual(Float64Array.of(4, -3));
    expect(() => rotate(new Float64Array(3), 2)).toThrow('got 3');
  });
});

function unit(w: Numbers, dims: number): Float32Array {
  const out = new Float32Array(w.length);
  for (let f = 0; f < w.length; f += dims) {
    const norm = Math.hypot(...w.subarray(f, f + dims));
    for (let d = f; d < f + dims; d++) out[d] = norm > 0 ? w[d] / norm : 0;
  }
  return out;
}

describe('nearest neighbours', () => {
  const pairs = fc.record({
    seed: fc.nat(),
    dims: fc.integer({ min: 1, max: 70 }),
    count: fc.integer({ min: 0, max: 500 }),
    block: fc.integer({ min: 30, max: 500 }),
  });

  it('are those of the reference where products are exact: ties, duplicates and zeros', () => {
    fc.assert(
      fc.property(pairs, ({ seed, dims, count, block }) => {
        const g = generator(seed);
        // In few dimensions most features are equal or opposite to others, or zero.
        const w = integers(g, count * dims, 'float32');
        const most = Math.max(1, count, block);
        const exact = typescriptNeighbours({ dims, most }).within(w, count);
        for (const machine of machines('float32')) {
          const kernel = wasmNeighbours({ dims, most }, machine);
          expect(kernel.within(w, count)).toEqual(exact);
          expect(inBlocks(kernel, w, dims, block, g)).toEqual(exact);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are as near as the nearest, within the bounds of rounding, with the same bytes in all blocks', () => {
    fc.assert(
      fc.property(pairs, ({ seed, dims, count, block }) => {
        const g = generator(seed);
        const w = unit(normals(g, count * dims, 'float64'), dims);
        const most = Math.max(1, count, block);
        const exact = typescriptNeighbours({ dims, most }).within(w, count);
        const whole = nearestNeighbours({ dims, most }).within(w, count);
        const { isFused } = machineFor('float32')!;
        for (const isWide of [false, true]) {
          const kernel = wasmNeighbours({ dims, most }, machineOf('float32', isFused, isWide));
          expect(inBlocks(kernel, w, dims, block, g)).toEqual(whole);
        }
        // |a . b| summed of magnitudes is at most 1 for unit vectors, but for their own rounding.
        const bound = 1.01 * runGamma(dims, 'float32', false);
        whole.index.forEach((j, i) => {
          expect(
            Math.abs(Math.abs(whole.cosine[i]) - Math.abs(exact.cosine[i])),
          ).toBeLessThanOrEqual(bound);
          if (j < 0) return;
          let cosine = 0;
          for (let d = 0; d < dims; d++) cosine += w[i * dims + d] * w[j * dims + d];
          expect(Math.abs(cosine - whole.cosine[i])).toBeLessThanOrEqual(bound);
        });
      }),
      { numRuns: 15 },
    );
  });

  it('takes sums longer than a run, between blocks of unlike size', () => {
    const dims = 2 * RUN + 5;
    const g = generator(8);
    const a = integers(g, 31 * dims, 'float32');
    const b = integers(g, 5 * dims, 'float64');
    const exact = typescriptNeighbours({ dims, most: 31 }).between(a, 31, b, 5);
    expect(nearestNeighbours({ dims, most: 31 }).between(a, 31, b, 5)).toEqual(exact);
  });

  it('are none for zero vectors and for a feature alone, and the first one at right angles', () => {
    const kernel = nearestNeighbours({ dims: 2, most: 4 });
    const found = kernel.within(Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0), 4);
    expect(Array.from(found.index)).toEqual([-1, 2, 1, -1]);
    expect(Array.from(found.cosine)).toEqual([0, 0, 0, 0]);
    expect(Array.from(kernel.within(Float32Array.of(1, 0), 1).index)).toEqual([-1]);
    const one = Float32Array.of(0, 1);
    expect(kernel.between(one, 1, one, 1).ofA).toEqual({
      index: Int32Array.of(0),
      cosine: Float64Array.of(1),
    });
  });

  it('refuses what does not fit', () => {
    expect(() => nearestNeighbours({ dims: 0, most: 1 })).toThrow(RangeError);
    expect(() => nearestNeighbours({ dims: 1, most: 0.5 })).toThrow('most');
    const kernel = nearestNeighbours({ dims: 2, most: 2 });
    expect(() => kernel.within(new Float32Array(6), 3)).toThrow('a block of 3');
    expect(() => kernel.between(new Float32Array(2), 1, new Float32Array(2), 2)).toThrow('got 2');
  });
});
