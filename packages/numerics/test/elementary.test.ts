import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineOfHalfTurns } from '../src/elementary/cosine.ts';
import { exp } from '../src/elementary/exponential.ts';
import { ln, ln1p } from '../src/elementary/logarithm.ts';
import { power } from '../src/elementary/power.ts';

const ULP = 2 ** -52;

describe('elementary functions', () => {
  it('computes ln to 2 ulp of Math.log, which is accurate to 1 ulp', () => {
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }), (x) => {
        expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(2 * ULP * Math.abs(Math.log(x)));
      }),
      { numRuns: 5000 },
    );
    for (let k = 1; k < 1000; k++) {
      const x = 1 + (k - 500) * 1e-3;
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(2 * ULP * Math.abs(Math.log(x)));
    }
    expect([ln(1), ln(0), ln(Infinity)]).toEqual([0, -Infinity, Infinity]);
    expect([ln(-1), ln(NaN)]).toEqual([NaN, NaN]);
  });

  it('computes ln1p accurately near 0', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1e9, minExcluded: true, noNaN: true }), (x) => {
        const exact = Math.log1p(x);
        // Subnormal numbers cannot represent smaller errors.
        const tolerance = 3 * ULP * Math.abs(exact) + 5e-324;
        expect(Math.abs(ln1p(x) - exact)).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 5000 },
    );
    expect([ln1p(-1), ln1p(0), ln1p(1e-20)]).toEqual([-Infinity, 0, 1e-20]);
  });

  it('computes cos(pi x) to an ulp of 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (x) => {
        expect(Math.abs(cosineOfHalfTurns(x) - Math.cos(Math.PI * x))).toBeLessThanOrEqual(ULP);
      }),
      { numRuns: 5000 },
    );
    expect([0, 0.5, 1].map(cosineOfHalfTurns)).toEqual([1, 0, -1]);
  });

  it('computes e^x to 2 ulp of Math.exp, and its limits', () => {
    fc.assert(
      fc.property(fc.double({ min: -745, max: 709.7, noNaN: true }), (x) => {
        const exact = Math.exp(x);
        // Subnormal numbers cannot represent smaller errors.
        expect(Math.abs(exp(x) - exact)).toBeLessThanOrEqual(2 * ULP * exact + 5e-324);
      }),
      { numRuns: 5000 },
    );
    expect([exp(0), exp(-0), exp(-800), exp(-Infinity)]).toEqual([1, 1, 0, 0]);
    expect([exp(800), exp(Infinity), exp(NaN)]).toEqual([Infinity, Infinity, NaN]);
    expect(exp(709.7)).toBeLessThan(Infinity);
  });

  it('computes integer powers to half an ulp per product', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 1.5, noNaN: true }),
        fc.integer({ min: 0, max: 1500 }),
        (base, exponent) => {
          const exact = base ** exponent;
          // The rounding of each square counts as often as it is used, the exponent in total.
          expect(Math.abs(power(base, exponent) - exact)).toBeLessThanOrEqual(
            (exponent + 2) * ULP * exact,
          );
        },
      ),
      { numRuns: 2000 },
    );
    expect(power(0.999, 1)).toBe(0.999);
    expect(power(0, 0)).toBe(1);
  });

  it('gives the same bits in every engine', () => {
    const bits = (x: number): string => {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, x);
      return view.getBigUint64(0).toString(16);
    };
    const inputs = [0.1, 0.37, 0.9999, 3.7e-12].map((x) => [
      ln(x),
      ln1p(-x),
      cosineOfHalfTurns(x),
      power(x, 7),
      exp(-x),
    ]);
    expect(inputs.map((row) => row.map(bits))).toMatchInlineSnapshot(`
      [
        [
          "c0026bb1bbb55515",
          "bfbaf8e8210a415e",
          "3fee6f0e134454ff",
          "3e7ad7f29abcaf4e",
          "3fecf46d99d52b3a",
        ],
        [
          "bfefd0ea24bf89b7",
          "bfdd91fd2d23cfa6",
          "3fd96adefc7ce9c2",
          "3f4f1b7689c58cd6",
          "3fe61a7ee209faff",
        ],
        [
          "bf1a3738d2cf1cc2",
          "c0226bb1bbb55554",
          "bfefffffe581a8d9",
          "3feffa446f15f0a2",
          "3fd78bf084e7a401",
        ],
        [
          "c03a529bb33f514b",
          "bd9045d4644a999d",
          "3ff0000000000000",
          "2f520287b5985abe",
          "3fefffffffff7dd1",
        ],
      ]
    `);
  });
});
