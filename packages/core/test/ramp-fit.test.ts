import { generator, uniform } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { fitRamps, type RampsAndSteps } from '../src/audit/ramp-fit.ts';

/** A feature that rises from 0 at `start` to 1 at `end`; just after `start` if both are equal. */
interface Rise {
  readonly start: number;
  readonly end: number;
}

function problemOf(rises: readonly Rise[], places: readonly number[]): RampsAndSteps {
  const of = (pick: (rise: Rise) => number): Float64Array => Float64Array.from(rises, pick);
  return {
    ramps: {
      feature: Int32Array.from(rises.keys()),
      start: of(({ start }) => start),
      end: of(({ end }) => end),
      slope: of(({ start, end }) => (start === end ? 0 : 1 / (end - start))),
    },
    steps: {
      feature: Int32Array.from(places, (_, s) => rises.length + s),
      place: Float64Array.from(places),
    },
  };
}

/** The squared error at u, by the definition of the predictions. */
function errorAt(
  rises: readonly Rise[],
  places: readonly number[],
  measured: Float64Array,
  u: number,
): number {
  const predicted = [
    ...rises.map(({ start, end }) => (u <= start ? 0 : u >= end ? 1 : (u - start) / (end - start))),
    ...places.map((place) => (u > place ? 1 : 0)),
  ];
  return predicted.reduce((sum, c, i) => sum + (c - measured[i]) ** 2, 0);
}

/** The least squared error: each interval between breakpoints has a parabola, known from three of its points. */
function leastError(
  rises: readonly Rise[],
  places: readonly number[],
  measured: Float64Array,
): number {
  const points = [0, ...rises.flatMap(({ start, end }) => [start, end]), ...places];
  const sorted = [...new Set(points)].toSorted((a, b) => a - b);
  const at = (u: number): number => errorAt(rises, places, measured, u);
  let least = Math.min(at(0), at(2 * sorted[sorted.length - 1]));
  for (let k = 1; k < sorted.length; k++) {
    const [low, high] = [sorted[k - 1], sorted[k]];
    const width = high - low;
    const [a, b, c] = [0.25, 0.5, 0.75].map((share) => at(low + share * width));
    // The parabola a, b, c at -1, 0, 1 in units of a quarter of the width, whose ends are at -2 and 2.
    const [bend, tilt] = [(a + c) / 2 - b, (c - a) / 2];
    const lowest = bend > 0 ? Math.max(-2, Math.min(2, -tilt / (2 * bend))) : tilt > 0 ? -2 : 2;
    least = Math.min(least, b + lowest * (tilt + lowest * bend));
  }
  return least;
}

it('finds the least error of all intervals between breakpoints', () => {
  for (let seed = 0; seed < 300; seed++) {
    const g = generator(seed);
    // Among many intervals only right sums find the best.
    const count = 1 + Math.floor((seed % 20 === 0 ? 200 : 6) * uniform(g));
    // Powers of two over eight decades, with ramps of all widths, vertical ones and ties.
    const place = (): number => 2 ** Math.round(26 * uniform(g) - 13);
    const rises: Rise[] = [];
    const places: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = place();
      if (uniform(g) < 0.25) places.push(start);
      else if (uniform(g) < 0.2) rises.push({ start, end: start });
      else rises.push({ start, end: start * (1 + 2 ** Math.round(8 * uniform(g) - 5)) });
    }
    // Capacities of a common u with noise, or at random.
    const u = place();
    const truth = errorAt(rises, places, new Float64Array(count), u) > 0 && uniform(g) < 0.5;
    const measured = Float64Array.from({ length: count }, (_, i) => {
      if (!truth) return uniform(g);
      const own = i < rises.length ? rises[i] : { start: places[i - rises.length], end: 0 };
      const c = u <= own.start ? 0 : u >= own.end ? 1 : (u - own.start) / (own.end - own.start);
      return Math.min(1, Math.max(0, c + 0.1 * (uniform(g) - 0.5)));
    });
    const fit = fitRamps(problemOf(rises, places), measured);
    const least = leastError(rises, places, measured);
    // A fit next to a step is 2^-40 beside it, where a ramp as steep as 32 / u differs by 3e-11.
    const slack = 1e-10 * count;
    expect(Math.abs(fit.squaredError - least)).toBeLessThan(slack);
    expect(Math.abs(errorAt(rises, places, measured, fit.u) - fit.squaredError)).toBeLessThan(
      1e-12 * count,
    );
  }
});

it('has no error where one ramp ends, another begins, and both fit', () => {
  const rises = [
    { start: 0.5, end: 1 },
    { start: 1, end: 2 },
  ];
  expect(fitRamps(problemOf(rises, []), Float64Array.of(1, 0))).toEqual({ u: 1, squaredError: 0 });
  // A step that was taken earlier changes nothing.
  const after = fitRamps(problemOf(rises, [0.25]), Float64Array.of(1, 0, 1));
  expect(after).toEqual({ u: 1, squaredError: 0 });
});

it('cannot take a step without the next one if they are closer than 2^-40', () => {
  const places = [1, 1 + 2 ** -45];
  const measured = Float64Array.of(1, 0);
  const { u, squaredError } = fitRamps(problemOf([], places), measured);
  expect([squaredError, errorAt([], places, measured, u)]).toEqual([1, 1]);
});

it('takes the geometric middle between a step that is taken and the next that is not', () => {
  const fit = fitRamps(problemOf([], [1, 4, 16]), Float64Array.of(1, 1, 0));
  expect(fit.u).toBeCloseTo(8, 9);
  expect(fit.squaredError).toBe(0);
  // Beyond the last step, and before the first.
  expect(fitRamps(problemOf([], [1, 4]), Float64Array.of(1, 1)).u).toBeCloseTo(4, 9);
  expect(fitRamps(problemOf([], [1, 4]), Float64Array.of(1, 1)).u).toBeGreaterThan(4);
  expect(fitRamps(problemOf([], [1, 4]), Float64Array.of(0, 0))).toEqual({ u: 0, squaredError: 0 });
});

it('stays just beside a step: 2^-40 of its place', () => {
  // The step at 4 is 0 where it is measured, or 1 there; the ramp alone would fit best at 4.8 or 3.2.
  const rises = [{ start: 0, end: 8 }];
  const before = fitRamps(problemOf(rises, [4]), Float64Array.of(0.6, 0));
  expect(before.u).toBe(4 * (1 - 2 ** -40));
  const after = fitRamps(problemOf(rises, [4]), Float64Array.of(0.4, 1));
  expect(after.u).toBe(4 * (1 + 2 ** -40));
  expect(fitRamps(problemOf([], [4]), Float64Array.of(1)).u).toBe(4 * (1 + 2 ** -40));
  // A vertical ramp jumps as a step does.
  const jump = problemOf([...rises, { start: 4, end: 4 }], []);
  expect(fitRamps(jump, Float64Array.of(0.6, 0)).u).toBe(4 * (1 - 2 ** -40));
  expect(fitRamps(jump, Float64Array.of(0.4, 1)).u).toBe(4 * (1 + 2 ** -40));
});

it('takes no step where many cost more each', () => {
  const places = Array.from({ length: 9 }, (_, s) => (s + 1) / 10);
  const fit = fitRamps(problemOf([], places), new Float64Array(9));
  expect(fit).toEqual({ u: 0, squaredError: 0 });
});

it.each([1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12])(
  'fits flat ramps beside ramps of width %f, while a flat one is partial throughout',
  (width) => {
    for (const place of [1e-8, 0.9]) {
      const g = generator(3);
      const rises: Rise[] = [{ start: place / 2, end: 20 }];
      for (let r = 0; r < 60; r++) {
        const start = place * (1 + uniform(g));
        rises.push({ start, end: start * (1 + width) });
      }
      for (let r = 0; r < 60; r++)
        rises.push({ start: 2 + 3 * uniform(g), end: 5 + 4 * uniform(g) });
      const u = 4.5;
      const exact = Float64Array.from(rises, ({ start, end }) =>
        u <= start ? 0 : u >= end ? 1 : (u - start) / (end - start),
      );
      // The minimum is computed again without the rounding of the steep sums.
      expect(Math.abs(fitRamps(problemOf(rises, []), exact).u / u - 1)).toBeLessThan(1e-14);
      const measured = exact.map((c) => Math.min(1, Math.max(0, c + 0.05 * (uniform(g) - 0.5))));
      const fit = fitRamps(problemOf(rises, []), measured);
      expect(fit.squaredError / leastError(rises, [], measured)).toBeCloseTo(1, 9);
    }
  },
);
