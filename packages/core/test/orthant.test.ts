import { gaussLegendre, normalCdf } from '@polysem/numerics/elementary';
import { generator, uniform } from '@polysem/numerics/random';
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
      expect(normalOrthant([limit, -Infinity, 1], (a, b) => (a === b ? 1 : r / 2))).toBe(0);
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

it('the merged variables have no rounding of an integral', () => {
  for (const [a, b] of [
    [0.3, 1],
    [1, -0.2],
    [-2, -3],
  ]) {
    expect(normalOrthant([a, b], () => 1)).toBe(normalCdf(Math.min(a, b)));
    expect(normalOrthant([a, b], () => -1)).toBe(Math.max(0, normalCdf(b) - normalCdf(-a)));
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

/**
 * P(x cos t_a + y sin t_a < limits[a] for all a) for standard normal x and y: one integral over x, between the places where the
 * end of y passes from one line to another. The plane is turned until no line is steep, so that Gauss's rule on pieces of at most
 * 1/2 is exact to rounding.
 */
function ofPlane(limits: readonly number[], given: readonly number[]): number {
  const steepest = (by: number): number =>
    Math.min(...given.map((t) => Math.abs(Math.sin(t + by))));
  const by = Array.from({ length: 60 }, (_, k) => k / 20).reduce((a, b) =>
    steepest(b) > steepest(a) ? b : a,
  );
  const turns = given.map((t) => t + by);
  const corners = [-9, 9];
  turns.forEach((t, a) => {
    for (let b = 0; b < a; b++)
      corners.push(
        (limits[a] * Math.sin(turns[b]) - limits[b] * Math.sin(t)) / Math.sin(turns[b] - t),
      );
  });
  const cuts = corners.filter((x) => Math.abs(x) <= 9).toSorted((a, b) => a - b);
  const { nodes, weights } = gaussLegendre(16);
  let sum = 0;
  for (const [at, end] of cuts.slice(1).entries()) {
    const pieces = Math.max(1, Math.ceil(2 * (end - cuts[at])));
    const half = (end - cuts[at]) / pieces / 2;
    for (let piece = 0; piece < pieces; piece++)
      for (let k = 0; k < 16; k++) {
        const x = cuts[at] + half * (2 * piece + 1 + nodes[k]);
        let [low, high] = [-Infinity, Infinity];
        turns.forEach((t, a) => {
          const y = (limits[a] - x * Math.cos(t)) / Math.sin(t);
          if (Math.sin(t) > 0) high = Math.min(high, y);
          else low = Math.max(low, y);
        });
        // Both from the tail that is smaller, where differences keep their digits.
        const inside =
          low > 0 ? normalCdf(-low) - normalCdf(-high) : normalCdf(high) - normalCdf(low);
        const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
        sum += half * weights[k] * density * Math.max(0, inside);
      }
  }
  return sum;
}

it('variables in a plane are below their limits with the normal probability of the polygon', () => {
  const g = generator(5);
  const cases = Array.from({ length: 42 }, (_, i) => {
    const turns = Array.from({ length: 3 + (i % 2) }, () => 6 * uniform(g));
    const gap = 10 ** (-1 - (i % 7));
    // All nearly equal, two nearly equal or opposite, or two pairs of nearly equal ones.
    if (i % 3 === 0) for (const a of turns.keys()) turns[a] = turns[0] + a * gap * (1 + uniform(g));
    else turns[1] = turns[0] + gap + (i % 4 === 1 ? Math.PI : 0);
    if (i % 6 === 5) turns[3] = turns[2] - gap;
    const common = 4 * uniform(g) - 3;
    const limits = turns.map(() => {
      if (i % 4 === 3) return 3 * uniform(g) - 2;
      return i % 4 === 2 ? common + gap * uniform(g) : common;
    });
    return { turns, limits };
  });
  const degree = Math.PI / 180;
  cases.push({ turns: [1, 2, 3, 4].map((t) => t * degree), limits: [0, 0, 0, 0] });
  cases.push({ turns: [1, 2, 3, 4].map((t) => t * degree), limits: [-1, -1, -1, -1] });
  for (const { turns, limits } of cases) {
    const p = normalOrthant(limits, (a, b) => Math.cos(turns[a] - turns[b]));
    const exact = ofPlane(limits, turns);
    // Correlations are rounded: a half of the last bit, with the joint density of their pair as weight, at most 1 / (2 pi sine).
    let allowed =
      1e-12 *
      Math.max(
        exact,
        limits.reduce((all, x) => all * normalCdf(x), 1),
      );
    for (const [a, t] of turns.entries())
      for (const other of turns.slice(0, a))
        allowed += Number.EPSILON / (4 * Math.PI * Math.abs(Math.sin(t - other)));
    expect(Math.abs(p - exact)).toBeLessThanOrEqual(allowed);
  }
});
