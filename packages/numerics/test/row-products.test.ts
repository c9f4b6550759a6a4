import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineFor, machineOf, type Machine } from '../src/dense/program.ts';
import { rowProducts } from '../src/dense/row-products.ts';
import { RUN } from '../src/dense/tile.ts';
import { typescriptRowProducts } from '../src/dense/typescript-row-products.ts';
import { wasmRowProducts } from '../src/dense/wasm-row-products.ts';
import { generator } from '../src/random/generator.ts';
import { normal } from '../src/random/distributions.ts';
import type { Precision } from '../src/dense/precision.ts';

/** All variants of the kernels that can run here. */
function machines(precision: Precision): Machine[] {
  const here = machineFor(precision)!;
  return (here.isFused ? [true, false] : [false]).flatMap((isFused) => [
    machineOf(precision, isFused, false),
    machineOf(precision, isFused, true),
  ]);
}

function normals(seed: number, length: number): Float64Array {
  const g = generator(seed);
  return Float64Array.from({ length }, () => normal(g));
}

describe.each(['float32', 'float64'] as const)('row products in %s', (precision) => {
  const unit = precision === 'float32' ? 2 ** -24 : 2 ** -53;
  it('match plain TypeScript within rounding bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 260 }),
        fc.constantFrom(1, 3, 7, 33, RUN + 5),
        (seed, features, count, dims) => {
          const rows = normals(seed, count * dims);
          const block = normals(seed + 1, features * dims);
          const options = { dims, count, rows, precision };
          const exact = typescriptRowProducts(options).multiply(block, features);
          const sizes = typescriptRowProducts({ ...options, rows: rows.map(Math.abs) }).multiply(
            block.map(Math.abs),
            features,
          );
          for (const machine of machines(precision)) {
            const found = wasmRowProducts(options, machine).multiply(block, features);
            // Higham, section 3.1: n + 1 roundings of the sum of magnitudes for one, n in float64 for the other.
            const bound = (dims + 4) * (unit + 2 ** -53);
            const worst = found.findIndex(
              (value, at) => !(Math.abs(value - exact[at]) <= bound * sizes[at]),
            );
            expect(worst).toBe(-1);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('give a vector the same bytes at any position', () => {
    const rows = normals(1, 9 * 20);
    const block = normals(2, 31 * 20);
    const { multiply } = rowProducts({ dims: 20, count: 9, rows, precision });
    const whole = multiply(block, 31);
    for (let f = 0; f < 31; f++) {
      const alone = multiply(block.subarray(f * 20), 1);
      expect(alone).toEqual(whole.slice(f * 9, (f + 1) * 9));
    }
  });
});

describe('rowProducts', () => {
  it('rejects inconsistent sizes', () => {
    const options = { dims: 3, count: 2, rows: new Float64Array(6), precision: 'float64' } as const;
    expect(() => rowProducts({ ...options, count: 3 })).toThrow('3 vectors of 3 dims have 9');
    expect(() => rowProducts({ ...options, dims: 0 })).toThrow('dims: must be a positive integer');
    expect(() => rowProducts(options).multiply(new Float64Array(5), 2)).toThrow('need 6 numbers');
  });
});
