import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { interpolateLog, logSpaced, realPower } from '../src/elementary/index.ts';

/** The bits of a number, as hexadecimal digits. */
function bits(x: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

describe('logSpaced', () => {
  // Correctly rounded values, computed with 300 bits by mpmath 1.3: the digest of all, the second value, the middle one.
  it.each([
    [1, 0.001, 64, '95f5ee14276e7449', '3fecad43d144f2e7', '3f9ea77bb727a7f0'],
    [0.01, 100, 32, 'f41a94758e7cc711', '3f8b90b55deab7dd', '3ff28fff0174112a'],
    [0.5, 0.02, 7, '8923b6c568849022', '3fd2b6b5edf6b54a', '3fb999999999999a'],
    [1e-300, 1e300, 5, 'bbf7ad2860b1c7f2', '20ca2fe76a3f9475', '3ff0000000000000'],
    [3, 100, 32, '13eaea562dd1f98f', '400adfcee312e375', '4032540e3e228444'],
    [1, 0.05, 10, 'f0198a975324b68a', '3fe6f09bcbd675af', '3fc83bc467cf8764'],
  ])(
    'gives the correctly rounded values from %d to %d, %d of them',
    (from, to, count, ...pinned) => {
      const values = logSpaced(from, to, count);
      const bytes = new DataView(new ArrayBuffer(8 * count));
      values.forEach((value, i) => bytes.setFloat64(8 * i, value, true));
      const digest = createHash('sha256').update(new Uint8Array(bytes.buffer)).digest('hex');
      expect([digest.slice(0, 16), bits(values[1]), bits(values[Math.floor(count / 2)])]).toEqual(
        pinned,
      );
    },
  );

  it('uses no function whose last bit depends on the engine', () => {
    const used = (['pow', 'exp', 'log'] as const).map((name) => vi.spyOn(Math, name));
    logSpaced(0.3, 7, 9);
    for (const spy of used) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('keeps the ends, and is symmetric under reversal', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.integer({ min: 2, max: 40 }),
        (from, to, count) => {
          const values = logSpaced(from, to, count);
          expect([values[0], values[count - 1]]).toEqual([from, to]);
          expect(logSpaced(to, from, count).toReversed()).toEqual(values);
        },
      ),
    );
    expect(logSpaced(5, 7, 1)).toEqual(Float64Array.of(5));
  });
});

describe('interpolateLog and realPower', () => {
  it('are exact where the result is a double', () => {
    expect([interpolateLog(1, 16, 0.25), interpolateLog(1e-4, 1e4, 0.5)]).toEqual([2, 1]);
    expect([realPower(2, 10), realPower(10, 3), realPower(1024, 0.1)]).toEqual([1024, 1000, 2]);
    expect([realPower(49, 0.5), realPower(7, -1), realPower(5, 0)]).toEqual([7, 1 / 7, 1]);
    expect([realPower(-3, 3), realPower(-3, 4), realPower(-2, -1)]).toEqual([-27, 81, -0.5]);
  });

  it('give for 0, infinity and roots of negative numbers what ** gives', () => {
    for (const x of [0, Infinity, -Infinity, NaN, -2])
      for (const y of [0, 0.5, -1.5, Infinity]) expect(realPower(x, y)).toBe(x ** y);
    for (const x of [0, -0, Infinity, -Infinity])
      for (const y of [-3, -2, 1, 2]) expect(realPower(x, y)).toBe(x ** y);
  });
});
