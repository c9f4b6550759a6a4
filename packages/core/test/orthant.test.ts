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
      expect(normalOrthant([a, b, ...rest], correlation)).toBeCloseTo(exact, 15);
    }
  }
});

it('variables in a plane are all negative with the share of the circle that their directions leave', () => {
  for (const degrees of [
    [0, 60, 120],
    [0, 10, 170],
    [0, 120, 240],
    [0, 0, 90],
    [0, 180],
    [0, 90, 90, 0],
    [0, 90, 90, 270],
  ]) {
    const cosine = (i: number, j: number): number => {
      const apart = Math.abs(degrees[i] - degrees[j]) % 180;
      const exact = new Map([
        [0, 1],
        [60, 0.5],
        [120, -0.5],
        [90, 0],
      ]).get(apart);
      const sign = Math.abs(degrees[i] - degrees[j]) >= 180 ? -1 : 1;
      return sign * (exact ?? Math.cos((apart * Math.PI) / 180));
    };
    // Each half plane is negative in half a turn; degrees are whole, so that half degrees belong to one side.
    let share = 0;
    for (let at = 0.5; at < 360; at++)
      if (degrees.every((other) => Math.cos(((at - other) * Math.PI) / 180) < 0)) share += 1 / 360;
    expect(
      normalOrthant(
        degrees.map(() => 0),
        cosine,
      ),
    ).toBeCloseTo(share, 14);
  }
});
