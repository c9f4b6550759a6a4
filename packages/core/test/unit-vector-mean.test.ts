import { expect, it } from 'vitest';
import { unitVectorBaselineFigures } from '../src/streaming/baselines/baseline-figures.ts';

/**
 * E C of random unit vectors, for even D: with the squared cosines x_j to the N - 1 others, C = 1 / (1 + sum x_j), so that
 * E C = integral over t > 0 of exp(-t) M(t)^(N - 1), M(t) = E exp(-t x).
 */
function exactMean(dims: number, features: number): number {
  // The cosine of an angle phi has a density in phi of sin^(D - 2): the trapezoidal rule is exact to rounding.
  const angles = Array.from({ length: 128 }, (_, k) => ((k + 0.5) * Math.PI) / 128);
  const weights = angles.map((phi) => Math.sin(phi) ** (dims - 2));
  const total = weights.reduce((a, b) => a + b, 0);
  const integrand = (t: number): number => {
    const moment = angles.reduce(
      (sum, phi, k) => sum + weights[k] * Math.exp(-t * Math.cos(phi) ** 2),
      0,
    );
    return Math.exp(-t) * (moment / total) ** (features - 1);
  };
  // Simpson's rule in u with t = 40 u^3, where most points are near 0.
  const steps = 1000;
  let sum = 0;
  for (let k = 0; k <= steps; k++) {
    const u = k / steps;
    const weight = k === 0 || k === steps ? 1 : 2 + 2 * (k % 2);
    sum += weight * integrand(40 * u ** 3) * 120 * u ** 2;
  }
  return sum / (3 * steps);
}

/** Relative error of the closed form. */
function errorOf(dims: number, features: number): number {
  const found = unitVectorBaselineFigures(dims, features).figures.meanCapacity;
  return Math.abs((found ?? NaN) / exactMean(dims, features) - 1);
}

it.each([1, 2, 8])(
  'the mean capacity of random unit vectors has an error O(1 / N^3): N = %i D',
  (ratio) => {
    // Four times the size has 1 / 64 of an error of third order, and 1 / 16 of one of second order: between them.
    expect(errorOf(64, 64 * ratio)).toBeLessThan(errorOf(16, 16 * ratio) / 32);
    expect(errorOf(16, 16 * ratio)).toBeLessThan(2 / (16 * ratio) ** 3);
  },
);
