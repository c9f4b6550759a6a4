import { normalCdf } from '@polysem/numerics/elementary';
import { expect, it } from 'vitest';
import { normalOrthant } from '../src/features/orthant.ts';

/**
 * P(X_a < limits[a]) for X_a = s_a (sqrt(r) Z + sqrt(1 - r) E_a) with independent normal Z and E_a and signs s_a: one integral over
 * Z. The trapezoidal rule converges faster than any power of the step here: at 1/64 its error is below rounding.
 */
function ofOneFactor(limits: readonly number[], signs: readonly number[], r: number): number {
  let sum = 0;
  const step = 1 / 64;
  for (let z = -14; z <= 14; z += step) {
    let term = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * step;
    limits.forEach((limit, a) => {
      term *= normalCdf((limit - signs[a] * Math.sqrt(r) * z) / Math.sqrt(1 - r));
    });
    sum += term;
  }
  return sum;
}

it.each([
  [[-6, -6.5]],
  [[-3, -4, -5]],
  [[-6, -5, -6]],
  [[0.5, -0.25, 1]],
  [[-2, -3, -2.5, -4]],
  [[-5, -6, -5, -5.5]],
  [[0.1, -0.2, 0.3, -0.4]],
  [[2, 1, -6, 3]],
])('the probability below %j is that of the integral over a common factor', (limits) => {
  const strong = limits.length === 2 ? [0.98, 0.999] : [];
  for (const r of [0.05, 0.3, 0.7, ...strong]) {
    for (const flipped of [-1, 0, limits.length - 1]) {
      const signs = limits.map((_, a) => (a === flipped ? -1 : 1));
      const p = normalOrthant(limits, (a, b) => signs[a] * signs[b] * r);
      const apart = limits.reduce((all, limit) => all * normalCdf(limit), 1);
      const exact = ofOneFactor(limits, signs, r);
      // The docstring promises 1e-12 of the larger one.
      expect(Math.abs(p - exact)).toBeLessThanOrEqual(1e-12 * Math.max(apart, exact));
    }
  }
});

it('no variable leaves no condition, and one its distribution', () => {
  expect(normalOrthant([], () => 0)).toBe(1);
  expect(normalOrthant([-1.5], () => 0)).toBe(normalCdf(-1.5));
});

it('a limit that holds for certain or never leaves or ends the rest', () => {
  for (const r of [-0.6, 0, 0.6, 1])
    for (const limit of [-1.5, 0, 2]) {
      const below = (a: number, b: number): number => normalOrthant([a, b], () => r);
      expect([below(limit, Infinity), below(Infinity, limit)]).toEqual([
        normalCdf(limit),
        normalCdf(limit),
      ]);
      expect([below(limit, -Infinity), below(-Infinity, limit)]).toEqual([0, 0]);
    }
});

it('two variables that are the same, or opposite, are one with both limits', () => {
  const r = 0.4;
  for (const [a, b, ...rest] of [
    [0.3, 1],
    [0.3, 1, -0.5],
    [1, 0.3, 0.2],
    [-1, -1.2, 0.7],
    [0.3, 1, -0.5, 0.6],
    [1.1, 0.7, 0.1, -0.3],
  ]) {
    for (const sign of [1, -1]) {
      // X_1 = sign X_0, and all others have the correlation r with X_0 and among themselves.
      const correlation = (i: number, j: number): number =>
        i + j === 1 ? sign : i === 1 || j === 1 ? sign * r : r;
      const below = (limit: number): number => normalOrthant([limit, ...rest], () => r);
      const exact = sign === 1 ? below(Math.min(a, b)) : Math.max(0, below(a) - below(-b));
      // The docstring promises 1e-9 of the product of the marginal probabilities, or of the result, where correlations are
      // singular.
      expect(Math.abs(normalOrthant([a, b, ...rest], correlation) - exact)).toBeLessThan(1e-9);
    }
  }
});
