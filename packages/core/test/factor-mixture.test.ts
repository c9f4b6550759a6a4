import { normalCdf } from '@polysem/numerics/elementary';
import { expect, it } from 'vitest';
import { activeGiven, factorMixture } from '../src/features/factor-mixture.ts';

const densities = Array.from({ length: 99 }, (_, k) => (k + 1) / 100);

it('a feature without a loading, or that is always active, has its own density exactly', () => {
  for (const density of densities) expect(activeGiven(density, 0)(1.5)).toBe(density);
  for (const loading of [-1, -0.3, 0, 0.8, 1]) expect(activeGiven(1, loading)(-2)).toBe(1);
  const { densities: given } = factorMixture(Float64Array.of(0.07, 1), Float64Array.of(0, 0.5));
  expect(new Set(given.filter((_, k) => k % 2 === 0))).toEqual(new Set([0.07]));
  expect(new Set(given.filter((_, k) => k % 2 === 1))).toEqual(new Set([1]));
});

it('a feature is active where loading times the factor, with its noise, is below the threshold', () => {
  // At density 1/2 the threshold is 0.
  for (const [loading, f] of [
    [0.6, 1],
    [0.6, -2],
    [-0.8, 0.5],
  ])
    expect(activeGiven(0.5, loading)(f)).toBeCloseTo(
      normalCdf((-loading * f) / Math.sqrt(1 - loading * loading)),
      14,
    );
  // A loading of 1 leaves no noise.
  expect([-0.1, 0.1].map(activeGiven(0.5, 1))).toEqual([1, 0]);
  expect([-0.1, 0.1].map(activeGiven(0.5, -1))).toEqual([0, 1]);
});

it.each([0, 0.2, -0.7, 0.95, 0.999, -0.99999, 1])(
  'the mean over the factor is the density, with weights of sum 1: loading %d',
  (loading) => {
    for (const density of [1e-9, 0.003, 0.2, 0.5, 0.97]) {
      const { weights, densities: given } = factorMixture(
        Float64Array.of(density),
        Float64Array.of(loading),
      );
      const total = weights.reduce((sum, w) => sum + w, 0);
      const mean = weights.reduce((sum, w, k) => sum + w * given[k], 0);
      expect(Math.abs(total - 1)).toBeLessThan(1e-13);
      // The docstring promises about 1e-14.
      expect(Math.abs(mean / density - 1)).toBeLessThan(1e-13);
    }
  },
);

it.each([0.3, -0.8, 0.9, 0.99])(
  'four rare features are active together as an integral over the factor says: loading %d',
  (loading) => {
    for (const density of [1e-12, 1e-4, 0.3]) {
      const { weights, densities: given } = factorMixture(
        Float64Array.of(density),
        Float64Array.of(loading),
      );
      const found = weights.reduce((sum, w, k) => sum + w * given[k] ** 4, 0);
      // The trapezoidal rule, whose error is below rounding for a step of less than half the noise.
      const active = activeGiven(density, loading);
      const step = 1 / 64;
      let exact = 0;
      for (let f = -25; f <= 25; f += step)
        exact += (step * active(f) ** 4 * Math.exp((-f * f) / 2)) / Math.sqrt(2 * Math.PI);
      expect(Math.abs(found / exact - 1)).toBeLessThan(1e-12);
    }
  },
);
