import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { frameAccumulator, projector } from '@polysem/numerics/dense';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { generator, normal } from '@polysem/numerics/random';
import type { Precision } from '../src/embedding/feature-source.ts';

/** Vectors with normal entries, as float32 or float64 numbers. */
function features(seed: number, count: number, dims: number, isWide: boolean) {
  const g = generator(seed);
  const data = Float64Array.from({ length: count * dims }, () => normal(g));
  return isWide ? data : Float32Array.from(data);
}

describe('frameAccumulator', () => {
  it('gives the same sums as frameOperator', () => {
    const w = features(1, 37, 9, true);
    const accumulator = frameAccumulator({ dims: 9, from: 2, to: 7, precision: 'float64' });
    accumulator.add(w, 20);
    accumulator.add(w.subarray(20 * 9), 17);
    const whole = frameOperator(embedding(9, 37, w));
    const rows = accumulator.result();
    // Rows 2 to 6 of 9.
    expect(rows).toHaveLength(5 * 9);
    rows.forEach((value, at) => {
      const [r, c] = [2 + Math.floor(at / 9), at % 9];
      // Sums of 37 products: each is accurate to 37 units in the last place of the sum of
      // magnitudes.
      if (c <= r) expect(value).toBeCloseTo(whole[r * 9 + c], 11);
      else expect(value).toBe(0);
    });
  });

  it('rejects inconsistent sizes', () => {
    const options = { dims: 4, from: 0, to: 4, precision: 'float64' as Precision };
    expect(() => frameAccumulator({ ...options, dims: 0 })).toThrow(RangeError);
    expect(() => frameAccumulator({ ...options, from: 3, to: 2 })).toThrow('3 to 2');
    expect(() => frameAccumulator({ ...options, to: 5 })).toThrow(RangeError);
    expect(() => frameAccumulator(options).add(new Float64Array(7), 2)).toThrow('got 7');
    const ended = frameAccumulator(options);
    ended.result();
    expect(() => ended.add(new Float64Array(4), 1)).toThrow('after the result');
    expect(() => ended.sums()).toThrow('after the result');
    expect(() => ended.result()).toThrow('after the result');
  });
});

describe('projector', () => {
  it('measures nothing after it was closed', () => {
    const basis = Float64Array.of(1, 0);
    const kernel = projector({ dims: 2, rank: 1, basis, precision: 'float64', weights: [] });
    kernel.close();
    expect(() => kernel.measure(Float64Array.of(3, 4), 1)).toThrow('after close');
  });

  it('measures known coordinates in an orthonormal basis', () => {
    const basis = Float64Array.of(1, 0, 0, 0, 0.6, 0.8);
    const { measure } = projector({
      dims: 3,
      rank: 2,
      basis,
      precision: 'float64',
      weights: [Float64Array.of(1, 10), Float64Array.of(-1, 0)],
    });
    const out = measure(Float64Array.of(3, 0, 5, 0, 0, 0), 2);
    expect(out.norm).toEqual(Float64Array.of(34, 0));
    expect(out.resolved).toEqual(Float64Array.of(25, 0));
    expect(out.weighted[0]).toEqual(Float64Array.of(169, 0));
    expect(out.weighted[1]).toEqual(Float64Array.of(-9, 0));
    expect(out.fourth).toEqual(Float64Array.of(81 + 256, 0));
  });

  it('rejects inconsistent sizes', () => {
    const options = { dims: 2, rank: 1, precision: 'float32' as Precision, weights: [] };
    expect(() => projector({ ...options, basis: new Float64Array(3) })).toThrow('got 3');
    expect(() =>
      projector({ ...options, basis: new Float64Array(2), weights: [new Float64Array(2)] }),
    ).toThrow('weights[0]');
    const { measure } = projector({ ...options, basis: new Float64Array(2) });
    expect(() => measure(new Float32Array(3), 2)).toThrow('got 3');
    expect(measure(new Float32Array(0), 0).norm.length).toBe(0);
  });
});
