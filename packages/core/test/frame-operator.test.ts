import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameOperator } from '../src/embedding/index.ts';

const number = fc.double({ min: -4, max: 4, noNaN: true });

/** An embedding and one weight per feature. */
const cases = fc
  .record({ features: fc.integer({ min: 1, max: 11 }), dims: fc.integer({ min: 1, max: 5 }) })
  .chain(({ features, dims }) =>
    fc.record({
      features: fc.constant(features),
      dims: fc.constant(dims),
      data: fc.array(number, { minLength: features * dims, maxLength: features * dims }),
      weights: fc.array(number, { minLength: features, maxLength: features }),
    }),
  );

describe('frameOperator', () => {
  it('is the weighted sum of w w^T for any number of features', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ({ features, dims, data, weights }, isWeighted) => {
        const w = { features, dims, data: Float64Array.from(data) };
        const s = frameOperator(w, isWeighted ? Float64Array.from(weights) : undefined);
        for (let r = 0; r < dims; r++) {
          for (let c = 0; c < dims; c++) {
            let sum = 0;
            let size = 0;
            for (let i = 0; i < features; i++) {
              const term = (isWeighted ? weights[i] : 1) * data[i * dims + r] * data[i * dims + c];
              sum += term;
              size += Math.abs(term);
            }
            // Two sums of at most 11 rounded terms, of which denormal ones are rounded absolutely.
            expect(Math.abs(s[r * dims + c] - sum)).toBeLessThanOrEqual(
              2 ** -52 * 13 * size + 13 * Number.MIN_VALUE,
            );
          }
        }
      }),
    );
  });

  it('writes into the array that it is given', () => {
    const w = { features: 2, dims: 2, data: Float64Array.of(1, 1, 1, -1) };
    const into = new Float64Array(4).fill(7);
    expect(frameOperator(w, undefined, into)).toBe(into);
    expect(Array.from(into)).toEqual([2, 0, 0, 2]);
    expect(() => frameOperator(w, undefined, new Float64Array(3))).toThrow('into: 3 numbers');
  });

  it('refuses another number of weights than features', () => {
    const w = { features: 2, dims: 1, data: Float64Array.of(1, 2) };
    expect(() => frameOperator(w, Float64Array.of(1))).toThrow('weights: 1 numbers for 2 features');
  });

  it('is the same, and symmetric, where it is computed in WebAssembly', () => {
    // 2^27 multiply-adds; whole numbers, which are summed exactly.
    const [dims, features] = [64, 2 ** 15];
    const data = new Float64Array(dims * features);
    for (let j = 0; j < data.length; j++) data[j] = ((j * 7 + (j >> 6)) % 11) - 5;
    const into = new Float64Array(dims * dims).fill(NaN);
    const s = frameOperator({ dims, features, data }, undefined, into);
    for (const [r, c] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [63, 0],
      [0, 63],
      [63, 63],
      [20, 41],
      [41, 20],
    ]) {
      let sum = 0;
      for (let i = 0; i < features; i++) sum += data[i * dims + r] * data[i * dims + c];
      expect(s[r * dims + c]).toBe(sum);
    }
    expect(s).toBe(into);
    expect(s.some(Number.isNaN)).toBe(false);
  });
});
