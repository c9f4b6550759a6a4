import { describe, expect, it } from 'vitest';
import {
  activeSetLaw,
  moments,
  rawMoment,
  sampleSparse,
  distributionNames,
  type FeatureDistribution,
  type SparseBatch,
} from '@polysem/core/features';
import { generator, childGenerator } from '@polysem/numerics/random';
import { resolveInputs, type FeatureInputs } from '@polysem/core/features';
import { jointDensity } from '../../core/src/features/joint-density.ts';
import {
  kernels,
  KINDS,
  DENSITIES,
  CORRELATIONS,
  distribution,
  modelOf,
  instanceOf,
} from './kernel-cases.ts';

describe.each(kernels)('the kernel $kernel.name', ({ kernel, epsilon }) => {
  describe('draws inputs', () => {
    const features = 7;
    const model = modelOf(KINDS['compression, tied'], 'relu', features, 2);
    const drawn = (inputs: FeatureInputs, batch: number, steps: number): SparseBatch[] => {
      const instance = instanceOf(model, { inputs, batch, stream: generator(17) });
      return Array.from({ length: steps }, (__, step) => kernel.inputs(instance, step));
    };
    /** Six standard errors: a correct sampler fails one test in 5e8, and none with these seeds. */
    const SIGMAS = 6;

    it('as rows of ascending features, determined by the stream and the step', () => {
      const inputs = distribution('gaussian', 0.3);
      const instance = instanceOf(model, { inputs, batch: 53 });
      const batch = kernel.inputs(instance, 4);
      expect([batch.rows, batch.features, batch.rowStarts.length]).toEqual([53, features, 54]);
      expect([batch.rowStarts[0], batch.rowStarts[53]]).toEqual([0, batch.values.length]);
      expect(batch.indices.length).toBe(batch.values.length);
      for (let row = 0; row < 53; row++) {
        const own = [...batch.indices.subarray(batch.rowStarts[row], batch.rowStarts[row + 1])];
        expect(own).toEqual([...new Set(own)].toSorted((a, b) => a - b));
        expect(own.every((i) => i < features)).toBe(true);
      }
      expect(kernel.inputs(instance, 4)).toEqual(batch);
      expect(kernel.inputs(instance, 5).values).not.toEqual(batch.values);
      const elsewhere = { ...instance, stream: childGenerator(instance.stream, 0) };
      expect(kernel.inputs(elsewhere, 4).values).not.toEqual(batch.values);
    });

    it.each(
      distributionNames.flatMap((shape) => DENSITIES.map((density) => [shape, density] as const)),
    )('%s of density %d: density, moments and distribution', (shape, density) => {
      for (const unitVariance of [false, true]) {
        const inputs = distribution(shape, density, unitVariance);
        const [batch, steps] = density < 0.1 ? [8191, 16] : [2047, 8];
        const cells = batch * steps * features;
        const batches = drawn(inputs, batch, steps);
        const values = valuesOf(batches);
        const n = values.length;
        // A value that rounds to 0, at most once in 2^16, counts as inactive.
        expect(Math.abs(n - cells * density)).toBeLessThanOrEqual(
          SIGMAS * Math.sqrt(cells * density * (1 - density)) + cells * density * 2 ** -16,
        );
        const { scale } = moments(inputs);
        for (const order of [1, 2, 4]) {
          const raw = (of: number) => rawMoment(inputs, of);
          const mean = values.reduce((sum, x) => sum + power(x / scale, order), 0) / n;
          const error = Math.sqrt(Math.max(0, raw(2 * order) - raw(order) ** 2) / n);
          // If a moment does not vary, only the rounding of x remains.
          expect(Math.abs(mean - raw(order))).toBeLessThanOrEqual(SIGMAS * error + 8 * epsilon);
        }
        const reference = sortedSample(inputs, features, batch * steps);
        expect(kolmogorovSmirnov(values, reference)).toBeLessThan(2.6);
      }
    });

    it('independently from feature to feature and from row to row', () => {
      const rows = 4095;
      const [shape, steps] = ['uniform', 8] as const;
      const n = rows * steps;
      const dense = valuesOf(drawn(distribution(shape, 1), rows, steps));
      for (const order of [1, 2]) {
        const m = rawMoment({ shape }, order);
        const variance = rawMoment({ shape }, 2 * order) - m * m;
        const x = dense.map((value) => power(value, order) - m);
        // Within a row, in the next row, in the next batch.
        for (const lag of [1, 2, 3, 4, 5, 6, 7, 8, 14, 28, 56, rows * features]) {
          let sum = 0;
          for (let j = lag; j < x.length; j++) sum += x[j] * x[j - lag];
          const correlation = sum / (x.length - lag) / variance;
          expect(Math.abs(correlation)).toBeLessThan(SIGMAS / Math.sqrt(x.length - lag));
        }
      }
      for (const density of [0.3, 0.05]) {
        const both = new Float64Array(features * features);
        for (const { rowStarts, indices } of drawn(distribution(shape, density), rows, steps)) {
          for (let row = 0; row < rows; row++) {
            for (let a = rowStarts[row]; a < rowStarts[row + 1]; a++) {
              for (let b = rowStarts[row]; b < rowStarts[row + 1]; b++)
                both[indices[a] * features + indices[b]]++;
            }
          }
        }
        both.forEach((count, pair) => {
          const p = pair % (features + 1) === 0 ? density : density * density;
          expect(Math.abs(count - n * p)).toBeLessThan(SIGMAS * Math.sqrt(n * p * (1 - p)));
        });
      }
    });

    it.each(CORRELATIONS)(
      'of features %s, with active sets that follow their law',
      (_, correlationOf) => {
        const correlation = correlationOf(features);
        const [rows, steps] = [4095, 8];
        const n = rows * steps;
        for (const density of [0.3, 0.04]) {
          const marginal = distribution('gaussian', density, true);
          const inputs = { kind: 'correlated', marginal, correlation } as const;
          const batches = drawn(inputs, rows, steps);
          const counts = new Map<string, number>();
          for (const { rowStarts, indices } of batches) {
            for (let row = 0; row < rows; row++) {
              const own = [...indices.subarray(rowStarts[row], rowStarts[row + 1])];
              if (own.some((i, e) => i <= own[e - 1]))
                throw new Error(`row ${row} does not ascend`);
              const set = own.join();
              counts.set(set, (counts.get(set) ?? 0) + 1);
            }
          }
          const found = (isMeant: (set: readonly string[]) => boolean): number =>
            [...counts].reduce((sum, [set, c]) => sum + (isMeant(set.split(',')) ? c : 0), 0);
          const check = (count: number, p: number): void =>
            // Small Poisson counts have longer tails than a normal distribution.
            expect(Math.abs(count - n * p)).toBeLessThan(SIGMAS * Math.sqrt(n * p * (1 - p)) + 6);
          if ('matrix' in correlation) {
            const joint = jointDensity(resolveInputs(inputs, features));
            for (const wanted of [[0], [6], [0, 1], [0, 6], [2, 3, 4], [0, 3, 6], [1, 2, 3, 4]])
              check(
                found((set) => wanted.every((i) => set.includes(String(i)))),
                joint(wanted),
              );
          } else {
            const { sets, probabilities } = activeSetLaw(inputs, features);
            sets.forEach((set, at) => check(counts.get(set.join()) ?? 0, probabilities[at]));
            const possible = new Set(sets.map((set) => set.join()));
            expect([...counts.keys()].filter((set) => !possible.has(set))).toEqual([]);
          }
          const values = valuesOf(batches);
          const reference = sortedSample(marginal, features, n);
          expect(kolmogorovSmirnov(values, reference)).toBeLessThan(2.6);
        }
      },
    );

    it('with one density per feature', () => {
      const densities = [1, 0.5, 0.2, 0.2, 0.05, 0.01, 0.9];
      const [rows, steps] = [4095, 8];
      const batches = drawn(
        densities.map((density) => distribution('rademacher', density, true)),
        rows,
        steps,
      );
      densities.forEach((density, i) => {
        const own = batches.flatMap((b) =>
          Array.from(b.values.filter((__, e) => b.indices[e] === i)),
        );
        const n = rows * steps;
        expect(Math.abs(own.length - n * density)).toBeLessThanOrEqual(
          SIGMAS * Math.sqrt(n * density * (1 - density)),
        );
        // Each feature is scaled to variance 1.
        expect(Math.abs(Math.abs(own[0]) * Math.sqrt(density) - 1)).toBeLessThan(4 * epsilon);
      });
      for (const { rowStarts, indices } of batches) {
        for (let row = 0; row < rows; row++) {
          for (let e = rowStarts[row] + 1; e < rowStarts[row + 1]; e++)
            if (indices[e] <= indices[e - 1]) throw new Error(`row ${row} does not ascend`);
        }
      }
    });
  });
});

/** Values of all batches, in order. */
function valuesOf(batches: readonly SparseBatch[]): Float64Array {
  const all = new Float64Array(batches.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values } of batches) {
    all.set(values, at);
    at += values.length;
  }
  return all;
}

/** A power by products, which are several times as fast as `**`. */
function power(x: number, order: number): number {
  let product = x;
  for (let k = 1; k < order; k++) product *= x;
  return product;
}

const samples = new Map<string, Float64Array>();
/** Values of the reference sampler in ascending order, drawn once for all kernels. */
function sortedSample(inputs: FeatureDistribution, features: number, rows: number): Float64Array {
  const key = JSON.stringify([inputs, features, rows]);
  const found =
    samples.get(key) ??
    Float64Array.from(sampleSparse(generator(99), inputs, features, rows).values).toSorted();
  samples.set(key, found);
  return found;
}

/**
 * Kolmogorov-Smirnov statistic: the largest difference of two empirical distribution functions, times
 * sqrt(n m / (n + m)). Equal distributions exceed 2.6 once in 400,000 tests. The second list must be in ascending order.
 */
function kolmogorovSmirnov(a: Float64Array, y: Float64Array): number {
  const x = a.toSorted();
  // At atoms, such as those of rademacher, float32 and float64 values differ by rounding.
  const same = (p: number, q: number): boolean => Math.abs(p - q) <= 1e-6 * Math.abs(q);
  let [i, j, most] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const next = Math.min(x[i], y[j]);
    while (i < x.length && (x[i] <= next || same(x[i], next))) i++;
    while (j < y.length && (y[j] <= next || same(y[j], next))) j++;
    most = Math.max(most, Math.abs(i / x.length - j / y.length));
  }
  return most * Math.sqrt((x.length * y.length) / (x.length + y.length));
}
