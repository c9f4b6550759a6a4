import { generator, uniform } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import { crossing, insideSegment } from '../src/theory/crossing.ts';
import { demands, type Ramps } from '../src/theory/water-filling.ts';

interface Rise {
  readonly start: number;
  readonly end: number;
}

function rampsOf(rises: readonly Rise[]): Ramps {
  const of = (pick: (rise: Rise) => number): Float64Array => Float64Array.from(rises, pick);
  return {
    feature: Int32Array.from(rises.keys()),
    start: of(({ start }) => start),
    end: of(({ end }) => end),
    slope: of(({ start, end }) => (start === end ? 0 : 1 / (end - start))),
  };
}

/** Demand at u and just below it: a step or a vertical ramp takes a whole dimension from its place on. */
function demandOf(rises: readonly Rise[], places: readonly number[], u: number) {
  let [at, below] = [0, 0];
  for (const { start, end } of [
    ...rises,
    ...places.map((place) => ({ start: place, end: place })),
  ]) {
    const share = u >= end ? 1 : u > start ? (u - start) / (end - start) : 0;
    at += share;
    below += start === end && u === end ? 0 : share;
  }
  return { at, below };
}

it('finds the breakpoint at which demand reaches a target, and the u where it equals it', () => {
  for (let seed = 0; seed < 240; seed++) {
    const g = generator(seed);
    // Above 64 breakpoints a sample of them is searched first.
    const count = 1 + Math.floor((seed % 4 === 0 ? 300 : 8) * uniform(g));
    const isCoarse = seed % 2 === 0;
    const place = (): number =>
      isCoarse ? 1 + Math.floor(12 * uniform(g)) : Math.exp(3 * uniform(g));
    const rises: Rise[] = [];
    const places: number[] = [];
    for (let i = 0; i < count; i++) {
      const kind = uniform(g);
      const start = place();
      if (kind < 0.3) places.push(start);
      else rises.push({ start, end: kind < 0.45 ? start : start + place() / 4 });
    }
    const ramps = rampsOf(rises);
    const steps = Float64Array.from(places);
    const points = [...rises.flatMap(({ start, end }) => [start, end]), ...places];
    const sorted = [...new Set(points)].toSorted((a, b) => a - b);
    for (const target of [count, 1, Math.max(0.3, count * uniform(g)), count / 2]) {
      const found = crossing(ramps, steps, target);
      // Demand at a breakpoint may equal the target up to the rounding of its sum.
      const near = sorted.find((u) => demandOf(rises, places, u).at >= target - 1e-9);
      const exact = sorted.find((u) => demandOf(rises, places, u).at >= target + 1e-9);
      expect([near, exact]).toContain(found.u);
      const before = sorted[sorted.indexOf(found.u) - 1] ?? 0;
      expect(found.previous).toBe(before);
      const { at, below } = demandOf(rises, places, found.u);
      expect(Math.abs(found.at - at)).toBeLessThan(1e-10);
      expect(Math.abs(found.below - below)).toBeLessThan(1e-10);
      const u = insideSegment(ramps, steps, found, target);
      expect(u).toBeGreaterThanOrEqual(found.previous);
      expect(u).toBeLessThanOrEqual(found.u);
      if (below < target) expect(u).toBe(found.u);
      else expect(Math.abs(demandOf(rises, places, u).below - target)).toBeLessThan(1e-9);
    }
  }
});

it('finds the place of a hundred equal steps or ramps', () => {
  const hundred = Array.from({ length: 100 });
  const none = rampsOf([]);
  const steps = Float64Array.from(hundred, () => 3);
  expect(crossing(none, steps, 40)).toEqual({ u: 3, previous: 0, below: 0, at: 100 });
  const vertical = rampsOf(hundred.map(() => ({ start: 2, end: 2 })));
  const noSteps = new Float64Array(0);
  expect(crossing(vertical, noSteps, 100)).toEqual({ u: 2, previous: 0, below: 0, at: 100 });
  const ramps = rampsOf(hundred.map(() => ({ start: 1, end: 2 })));
  const cross = crossing(ramps, noSteps, 25);
  expect(cross).toEqual({ u: 2, previous: 1, below: 100, at: 100 });
  expect(insideSegment(ramps, noSteps, cross, 25)).toBe(1.25);
});

it('finds each of many steps, where demand equals the target exactly', () => {
  const g = generator(1);
  const places = Float64Array.from({ length: 200 }, () => uniform(g));
  const sorted = places.toSorted();
  const none = rampsOf([]);
  for (let target = 1; target <= 200; target++)
    expect(crossing(none, places, target)).toEqual({
      u: sorted[target - 1],
      previous: sorted[target - 2] ?? 0,
      below: target - 1,
      at: target,
    });
});

it('sums a million demands to 1e-12', () => {
  // Adding 0.1 a million times, one after the other, is wrong by 1.3e-11.
  const count = 1_000_003;
  const fill = (value: number): Float64Array => new Float64Array(count).fill(value);
  const ramps = { feature: new Int32Array(count), start: fill(1), end: fill(2), slope: fill(1) };
  const { at, below } = demands(ramps, new Float64Array(0), 1.1);
  expect(Math.abs(below / (count * (1.1 - 1)) - 1)).toBeLessThan(1e-12);
  expect(at).toBe(below);
});
