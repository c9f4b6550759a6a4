import {
  betaCdf,
  betaDistribution,
  betaQuantile,
  cosineOfHalfTurns,
  normalCdf,
  normalQuantile,
} from '@polysem/numerics/elementary';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

// Reference values were computed with 40 digits (mpmath) at exactly these doubles.

const NORMAL_CDF: [x: number, phi: number][] = [
  [-37.4, 1.9536815616489922e-306],
  [-30.1, 2.4226672179857586e-199],
  [-12.7, 2.95648536485205e-37],
  [-8.3, 5.205569744890254e-17],
  [-4.74, 1.0685910945459334e-6],
  [-2.45, 0.007142810735271415],
  [-1.51, 0.0655217120889165],
  [-1.49, 0.06811211796672545],
  [-1.3, 0.09680048458561033],
  [-0.6, 0.2742531177500736],
  [-0.01, 0.4960106436853684],
  [1e-9, 0.5000000003989423],
  [0.7, 0.758036347776927],
  [1.6, 0.945200708300442],
  [3.2, 0.9993128620620841],
];

const NORMAL_QUANTILE: [p: number, x: number][] = [
  [5e-324, -38.467405617144344],
  [2.4e-300, -37.02347472228494],
  [1e-100, -21.273453560965326],
  [1e-16, -8.222082216130435],
  [1e-5, -4.264890793922825],
  [0.01, -2.326347874040841],
  [0.0668, -1.500055603017784],
  [0.0669, -1.499283889521656],
  [0.2, -0.8416212335729142],
  [0.4, -0.2533471031357997],
  [0.4999, -0.00025066283008800747],
  [0.49999999, -2.5066282733116222e-8],
];

const BETA: [x: number, a: number, b: number, cdf: number, density: number][] = [
  [0.3, 2.5, 0.7, 0.029814024845250465, 0.25689135846847294],
  [0.99, 0.5, 12.0, 1.0, 1.9439070499134896e-22],
  [1e-5, 0.02, 7.5, 0.8352053563387022, 1670.3042677564988],
  [3.4e-5, 10.5, 349106.0, 0.6941706669070548, 34741.65853627006],
  [0.9999936, 940464.5, 3.27, 0.08027099972895216, 51709.38855309353],
  [0.4999, 1000000.0, 1000000.0, 0.388648717862322, 1084.1346940861129],
  [0.5004, 1000000.0, 1000000.0, 0.8710504906836167, 594.9859708222422],
  [0.9997, 2057.0, 0.014, 0.006205107528842802, 25.21141847685268],
  [2.9e-6, 0.6, 506412.0, 0.8884974279039781, 67141.34557227902],
  [0.0095, 136.0, 4792.5, 1.2619663692636006e-26, 1.202829013306845e-22],
  [0.00768, 384.0, 49999.5, 0.5664332447206882, 1010.1572084921228],
  [0.999999999, 8000.0, 0.5, 0.9968085201788658, 1595731.4461668471],
  [1e-12, 0.5, 9000.0, 0.00010704595988829278, 53522979.62304419],
];

describe('the normal distribution', () => {
  it.each(NORMAL_CDF)('has its distribution function at %d', (x, phi) => {
    expect(Math.abs(normalCdf(x) / phi - 1)).toBeLessThan(3e-15);
    expect(Math.abs(normalCdf(-x) + phi - 1)).toBeLessThan(3e-16);
  });

  it.each(NORMAL_QUANTILE)('has its quantile at %d', (p, x) => {
    expect(Math.abs(normalQuantile(p) / x - 1)).toBeLessThan(2e-15);
  });

  it('has the limits 0 and 1, and quantiles of the opposite sign beyond 1/2', () => {
    expect([-39.5, -Infinity, 39.5, Infinity].map(normalCdf)).toEqual([0, 0, 1, 1]);
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
    expect([normalCdf(NaN), normalQuantile(NaN)]).toEqual([NaN, NaN]);
    expect(normalCdf(-38)).toBeGreaterThan(0);
    expect(normalQuantile(0.75)).toBe(-normalQuantile(0.25));
  });
});

describe('the beta distribution', () => {
  it.each(BETA)('at %d of Beta(%d, %d)', (x, a, b, cdf, density) => {
    const found = betaDistribution(a, b)(x);
    expect(Math.abs(found.density / density - 1)).toBeLessThan(1e-13);
    expect(Math.abs(found.cdf - cdf)).toBeLessThan(2e-14);
    if (x < a / (a + b)) expect(Math.abs(found.cdf / cdf - 1)).toBeLessThan(1e-13);
    expect(betaCdf(x, a, b)).toBe(found.cdf);
    // The derivative turns an error of x into one of the distribution function.
    const back = betaQuantile(cdf, a, b);
    if (cdf < 1) expect(Math.abs(back - x) * density).toBeLessThan(2e-14 * (1 + x * density));
  });

  it('keeps its digits where 1 - x is given and x is 1', () => {
    // P(x > 1 - y) = 1 - (1 - y)^a for b = 1.
    for (const [a, y] of [
      [1e9, 1e-12],
      [3, 1e-20],
      [1e15, 2e-15],
    ]) {
      const { cdf } = betaDistribution(a, 1)(1 - y, y);
      expect(Math.abs(cdf - Math.exp(a * Math.log1p(-y)))).toBeLessThan(1e-14);
    }
    expect(betaDistribution(2, 3)(1 - 1e-20, 1e-20).density / (12 * 1e-40)).toBeCloseTo(1, 13);
  });
});

describe('cos(pi x)', () => {
  it('is even and has the period 2', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 20 }),
        fc.integer({ min: -50, max: 50 }),
        (k, n) => {
          const x = k / 2 ** 20;
          expect(cosineOfHalfTurns(x + 2 * n)).toBe(cosineOfHalfTurns(x));
          expect(cosineOfHalfTurns(2 * n - x)).toBe(cosineOfHalfTurns(x));
        },
      ),
    );
    expect([1.5, -3, 1e9].map(cosineOfHalfTurns)).toEqual([0, -1, 1]);
    expect([NaN, Infinity].map(cosineOfHalfTurns)).toEqual([NaN, NaN]);
  });
});
