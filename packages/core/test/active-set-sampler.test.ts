import { generator, integerBelow } from '@polysem/numerics/random';
import { describe, expect, it } from 'vitest';
import { activeSetSampler } from '../src/features/active-set-sampler.ts';

/** All sets of m of the features 0 .. n - 1, ascending. */
function setsOf(n: number, m: number): number[][] {
  return Array.from({ length: 2 ** n }, (_, bits) =>
    Array.from({ length: n }, (__, i) => i).filter((i) => ((bits >> i) & 1) === 1),
  ).filter((set) => set.length === m);
}

describe('activeSetSampler', () => {
  it.each([
    ['different', [0.2, 0.5, 0.9, 0.05]],
    ['equal', [0.3, 0.3, 0.3, 0.3]],
  ])('draws sets of a given size with their probabilities: %s densities', (_, densities) => {
    const { counts, sample } = activeSetSampler(densities);
    const odds = densities.map((p) => p / (1 - p));
    const product = (set: readonly number[]): number => set.reduce((all, i) => all * odds[i], 1);
    const empty = densities.reduce((all, p) => all * (1 - p), 1);
    const draws = 20_000;
    for (let m = 0; m <= 4; m++) {
      const sets = setsOf(4, m);
      const total = sets.reduce((sum, set) => sum + product(set), 0);
      expect(counts[m]).toBeCloseTo(empty * total, 14);
      const g = generator(m);
      const drawn = new Map<string, number>();
      for (let draw = 0; draw < draws; draw++) {
        const set = sample(g, m).join();
        drawn.set(set, (drawn.get(set) ?? 0) + 1);
      }
      // Five standard deviations of a binomial number.
      for (const set of sets) {
        const p = product(set) / total;
        const found = (drawn.get(set.join()) ?? 0) / draws;
        expect(Math.abs(found - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / draws));
        drawn.delete(set.join());
      }
      expect([...drawn]).toEqual([]);
    }
  });

  it('draws no more numbers than it needs', () => {
    // Different densities: one number per feature, until the set is complete.
    const { sample } = activeSetSampler([0.5, 1, 0.25]);
    const g = generator(5);
    expect([sample(g, 0), g]).toEqual([[], generator(5)]);
    // Equal densities: Floyd's method draws one number per active feature.
    for (const features of [1, 1000]) {
      const equal = activeSetSampler(Array.from({ length: features }, () => 0.5));
      const [after, one] = [generator(5), generator(5)];
      expect(equal.sample(after, 1)).toHaveLength(1);
      integerBelow(one, features);
      expect(after).toEqual(one);
    }
  });

  it.each([
    ['different', Array.from({ length: 1500 }, (_, i) => 0.3 + (0.4 * i) / 1500)],
    ['equal', Array.from({ length: 4000 }, () => 0.6)],
    ['rare', Array.from({ length: 3000 }, (_, i) => 1e-6 * (1 + (i % 7)))],
    ['certain', Array.from({ length: 20 }, () => 1)],
  ])('knows the whole law of many features: %s densities', (_, densities) => {
    const { counts } = activeSetSampler(densities);
    const moment = (power: number): number => counts.reduce((sum, p, m) => sum + p * m ** power, 0);
    const mean = densities.reduce((sum, p) => sum + p, 0);
    const variance = densities.reduce((sum, p) => sum + p * (1 - p), 0);
    // Numbers of probability below 1e-12 may be left out.
    expect(Math.abs(moment(0) - 1)).toBeLessThan(2e-12);
    expect(Math.abs(moment(1) / mean - 1)).toBeLessThan(1e-11);
    expect(Math.abs(moment(2) / (variance + mean * mean) - 1)).toBeLessThan(1e-11);
    expect(counts[counts.length - 1]).toBeGreaterThan(0);
  });
});
