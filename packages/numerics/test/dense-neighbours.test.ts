import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUN } from '../src/dense/tile.ts';
import { machineFor, machineOf } from '../src/dense/program.ts';
import { typescriptNeighbours } from '../src/dense/typescript-neighbours.ts';
import { wasmNeighbours } from '../src/dense/wasm-neighbours.ts';
import { generator, type Generator } from '../src/random/generator.ts';
import { mergeNeighbours, noNeighbours, type Neighbours } from '../src/dense/neighbours.ts';
import type { NearestNeighbours } from '../src/dense/kernels.ts';
import { nearestNeighbours } from '../src/dense/nearest-neighbours.ts';
import { normal } from '../src/random/distributions.ts';
import { type Numbers, machines, runGamma, normals, integers } from './dense-cases.ts';

/** Nearest neighbours over all pairs of chunks, in any order. */
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

  it('match the reference for exact products: ties, duplicates and zeros', () => {
    fc.assert(
      fc.property(pairs, ({ seed, dims, count, block }) => {
        const g = generator(seed);
        // In few dimensions most vectors are zero, or equal or opposite to others.
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

  it('are nearest within rounding bounds, with the same bytes for any chunks', () => {
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
        // For unit vectors the sum of |a_d b_d| is at most 1, up to rounding.
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

  it('handle sums longer than a run, between chunks of different sizes', () => {
    const dims = 2 * RUN + 5;
    const g = generator(8);
    const a = integers(g, 31 * dims, 'float32');
    const b = integers(g, 5 * dims, 'float64');
    const exact = typescriptNeighbours({ dims, most: 31 }).between(a, 31, b, 5);
    expect(nearestNeighbours({ dims, most: 31 }).between(a, 31, b, 5)).toEqual(exact);
  });

  it('do not exist for zero vectors or a single vector; an orthogonal vector gets the first one', () => {
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

  it('rejects inconsistent sizes', () => {
    expect(() => nearestNeighbours({ dims: 0, most: 1 })).toThrow(RangeError);
    expect(() => nearestNeighbours({ dims: 1, most: 0.5 })).toThrow('most');
    const kernel = nearestNeighbours({ dims: 2, most: 2 });
    expect(() => kernel.within(new Float32Array(6), 3)).toThrow('count: must be at most 2, got 3');
    expect(() => kernel.between(new Float32Array(2), 1, new Float32Array(2), 2)).toThrow('got 2');
  });
});
