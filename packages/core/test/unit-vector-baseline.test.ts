import { expect, it } from 'vitest';
import { unitVectorBaselineFigures } from '../src/streaming/baselines/baseline-figures.ts';

/**
 * Nodes and weights for the mean of a function of a squared cosine with a random direction, for even D: the angle phi has the
 * density sin^(D - 2), for which the trapezoidal rule is exact to rounding.
 */
function squaredCosines(dims: number): { square: number; weight: number }[] {
  const nodes = Array.from({ length: 128 }, (_, k) => ((k + 0.5) * Math.PI) / 128);
  const total = nodes.reduce((sum, phi) => sum + Math.sin(phi) ** (dims - 2), 0);
  return nodes.map((phi) => ({
    square: Math.cos(phi) ** 2,
    weight: Math.sin(phi) ** (dims - 2) / total,
  }));
}

/**
 * E C, with the squared cosines x_j to the N - 1 others: C = 1 / (1 + sum x_j), so that
 * E C = integral over t > 0 of exp(-t) M(t)^(N - 1), M(t) = E exp(-t x).
 */
function exactMean(dims: number, features: number): number {
  const nodes = squaredCosines(dims);
  const integrand = (t: number): number => {
    const moment = nodes.reduce(
      (sum, { square, weight }) => sum + weight * Math.exp(-t * square),
      0,
    );
    return Math.exp(-t) * moment ** (features - 1);
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

/** P(sum of N - 1 squared cosines < q), by inversion of the characteristic function (Gil-Pelaez 1951). */
function exactBelow(q: number, dims: number, features: number): number {
  const nodes = squaredCosines(dims);
  // The characteristic function has fallen below 1e-8 at 12 standard deviations, for the sizes below.
  const deviation = Math.sqrt((2 * (features - 1) * (dims - 1)) / (dims ** 2 * (dims + 2)));
  const steps = 1000;
  const step = 12 / deviation / steps;
  let sum = 0;
  for (let k = 0; k < steps; k++) {
    const t = (k + 0.5) * step;
    let [re, im] = [0, 0];
    for (const { square, weight } of nodes) {
      re += weight * Math.cos(t * square);
      im += weight * Math.sin(t * square);
    }
    const angle = (features - 1) * Math.atan2(im, re) - t * q;
    sum += (Math.hypot(re, im) ** (features - 1) * Math.sin(angle)) / t;
  }
  return 0.5 - (sum * step) / Math.PI;
}

it.each([1, 2, 8])(
  'the mean capacity of random unit vectors has an error O(1 / N^3): N = %i D',
  (ratio) => {
    const errorOf = (dims: number): number => {
      const { meanCapacity } = unitVectorBaselineFigures(dims, dims * ratio).figures;
      return Math.abs((meanCapacity ?? NaN) / exactMean(dims, dims * ratio) - 1);
    };
    // Four times the size has 1 / 64 of an error of third order, and 1 / 16 of one of second order: between them.
    expect(errorOf(64)).toBeLessThan(errorOf(16) / 32);
    expect(errorOf(16)).toBeLessThan(2 / (16 * ratio) ** 3);
  },
);

it.each([0.05, 0.2, 0.5, 0.9])(
  'quantiles of the capacity of random unit vectors have a relative error O(1 / N^2): p = %d',
  (p) => {
    const errorOf = (features: number): number => {
      const quantile = unitVectorBaselineFigures(16, features).capacityQuantile?.(p) ?? NaN;
      return Math.abs(exactBelow(1 / quantile - 1, 16, features) - (1 - p));
    };
    // In units of probability the order is 3 / 2: with four times the features 1 / 8, but 1 / 4 with the skewness alone.
    expect(errorOf(256)).toBeLessThan(errorOf(64) / Math.sqrt(4 * 8));
    expect(errorOf(64)).toBeLessThan(1 / 64 ** 1.5);
  },
);

it('every capacity is 1 / N in one dimension, and 1 of a single vector', () => {
  for (const p of [0, 0.1, 0.5, 0.9, 1]) {
    expect(unitVectorBaselineFigures(1, 5).capacityQuantile?.(p)).toBe(1 / 5);
    expect(unitVectorBaselineFigures(3, 1).capacityQuantile?.(p)).toBe(1);
  }
});

it('capacities lie between 1 / N, of vectors on one line, and 1, of one that is orthogonal to the others', () => {
  for (const features of [3, 1000]) {
    const { capacityQuantile } = unitVectorBaselineFigures(2, features);
    const [least, ...others] = [0, 1e-300, 1e-9, 0.5, 1 - 2 ** -53, 1].map((p) =>
      capacityQuantile?.(p),
    );
    expect([least, others.at(-1)]).toEqual([1 / features, 1]);
    for (const capacity of others) {
      expect(capacity).toBeGreaterThanOrEqual(1 / features);
      expect(capacity).toBeLessThanOrEqual(1);
    }
  }
});
