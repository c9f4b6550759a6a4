import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchLoss, parameterLayout, type CompressionModel } from '@polysem/engine/models';
import { generator, normal, quasiPoints, childGenerator, uniform } from '@polysem/numerics/random';
import type { FeatureDistribution } from '../src/features/feature-distribution.ts';
import { moments } from '../src/features/moments.ts';
import { sampleSparse } from '../src/features/sparse.ts';
import { stratify } from '../src/features/strata.ts';
import type { WeightedBatch } from '../src/features/weighted-batch.ts';

/** sum_r weight_r f(row r), rows as dense inputs; the empty input gives f(0) = 0. */
function expectation(batch: WeightedBatch, f: (x: Float64Array) => number): number {
  let sum = 0;
  const x = new Float64Array(batch.features);
  for (let row = 0; row < batch.rows; row++) {
    x.fill(0);
    for (let at = batch.rowStarts[row]; at < batch.rowStarts[row + 1]; at++)
      x[batch.indices[at]] = batch.values[at];
    sum += batch.weights[row] * f(x);
  }
  return sum;
}

const uniformAt = (density: number): FeatureDistribution => ({
  shape: 'uniform-positive',
  density,
  unitVariance: false,
});

function meanAndError(values: readonly number[]): { mean: number; error: number; sd: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
  return { mean, sd, error: sd / Math.sqrt(values.length) };
}

describe('quasiPoints', () => {
  it('are uniform individually and more even than random points', () => {
    for (const dims of [1, 2, 4, 6, 8, 12]) {
      const ends: number[] = [];
      const random: number[] = [];
      for (let seed = 0; seed < 60; seed++) {
        const points = quasiPoints(childGenerator(generator(seed), dims), dims, 128);
        expect(points.every((u) => u >= 0 && u < 1)).toBe(true);
        ends.push(points.reduce((sum, u) => sum + u * u, 0) / points.length);
        const g = childGenerator(generator(seed), 99);
        random.push(
          points.reduce((sum) => {
            const u = uniform(g);
            return sum + u * u;
          }, 0) / points.length,
        );
      }
      const { mean, error, sd } = meanAndError(ends);
      expect(Math.abs(mean - 1 / 3)).toBeLessThan(5 * error);
      expect(sd).toBeLessThan(meanAndError(random).sd / 1.5);
    }
  });
});

/** E of the squared loss of one input. */
function secondMoment(model: CompressionModel, batch: WeightedBatch, at: Float64Array): number {
  const gradient = new Float64Array(at.length);
  const lossOf = (from: number, end: number): number =>
    batchLoss(model, {
      rows: 1,
      features: model.features,
      rowStarts: Uint32Array.of(0, end - from),
      indices: batch.indices.subarray(from, end),
      values: batch.values.subarray(from, end),
    }).evaluate(at, gradient);
  let sum = batch.emptyWeight * lossOf(0, 0) ** 2;
  for (let row = 0; row < batch.rows; row++)
    sum += batch.weights[row] * lossOf(batch.rowStarts[row], batch.rowStarts[row + 1]) ** 2;
  return sum;
}

describe('stratify', () => {
  it('has weights that sum to 1, and exact densities if active sets are listed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 14 }),
        fc.array(fc.double({ min: 1e-4, max: 1, noNaN: true }), { minLength: 14, maxLength: 14 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.boolean(),
        (features, densities, rows, isEqual) => {
          const inputs = densities
            .slice(0, features)
            .map((density) => uniformAt(isEqual ? densities[0] : density));
          const batch = stratify(generator(rows), inputs, features, { rows });
          const total = batch.weights.reduce((a, b) => a + b, batch.emptyWeight);
          expect(Math.abs(total - 1)).toBeLessThan(1e-11);
          const empty = inputs.reduce((product, { density }) => product * (1 - density), 1);
          expect(Math.abs(batch.emptyWeight - empty)).toBeLessThan(1e-12);
          expect(batch.rowStarts.length).toBe(batch.rows + 1);
          if (features > 10 || 2 ** features * 4 > rows) return;
          inputs.forEach(({ density }, i) => {
            const found = expectation(batch, (x) => (x[i] === 0 ? 0 : 1));
            // A value of exactly 0 has probability 2^-53.
            expect(Math.abs(found - density)).toBeLessThan(1e-11);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(['uniform', 'uniform-positive', 'gaussian', 'laplace', 'student-t'] as const)(
    'has the moments of %s inputs, on average over seeds',
    (shape) => {
      for (const [features, density] of [
        [4, 0.3],
        [30, 0.1],
      ]) {
        const inputs: FeatureDistribution = {
          shape,
          density,
          unitVariance: true,
          ...(shape === 'student-t' && { degreesOfFreedom: 20 }),
        };
        const { mean, variance } = moments(inputs);
        const raw = variance + mean * mean;
        const squares: number[] = [];
        const pairs: number[] = [];
        for (let seed = 0; seed < 100; seed++) {
          const batch = stratify(generator(seed), inputs, features, { rows: 400 });
          squares.push(expectation(batch, (x) => x[0] ** 2));
          pairs.push(expectation(batch, (x) => x[0] ** 2 * x[2] ** 2));
        }
        const one = meanAndError(squares);
        const two = meanAndError(pairs);
        expect(Math.abs(one.mean - raw)).toBeLessThan(5 * one.error + 1e-12);
        expect(Math.abs(two.mean - raw * raw)).toBeLessThan(5 * two.error + 1e-12);
      }
    },
  );

  it.each([
    [6, 3, 0.3],
    [6, 3, 0.01],
    [20, 5, 0.1],
    [20, 5, 0.001],
  ])(
    'estimates a ReLU loss without bias and with less variance than plain sampling: %i in %i, density %f',
    (features, dims, density) => {
      const model: CompressionModel = {
        task: 'compression',
        activation: 'relu',
        features,
        dims,
        importance: Array.from({ length: features }, () => 1),
      };
      const g = generator(7);
      const at = Float64Array.from(
        { length: parameterLayout(model).size },
        () => (0.8 * normal(g)) / Math.sqrt(dims),
      );
      const gradient = new Float64Array(at.length);
      const rows = 1024;
      const strata: number[] = [];
      const plain: number[] = [];
      for (let seed = 0; seed < 120; seed++) {
        const batch = stratify(generator(seed), uniformAt(density), features, { rows });
        strata.push(batchLoss(model, batch).evaluate(at, gradient));
        // As many rows as the strata have.
        const sample = sampleSparse(
          childGenerator(generator(seed), 1),
          uniformAt(density),
          features,
          batch.rows,
        );
        plain.push(batchLoss(model, sample).evaluate(at, gradient));
      }
      const [a, b] = [meanAndError(strata), meanAndError(plain)];
      expect(Math.abs(a.mean - b.mean)).toBeLessThan(5 * Math.hypot(a.error, b.error));
      // The exact variance of plain sampling. A sample would miss the rare inputs that dominate it.
      const batch = stratify(generator(0), uniformAt(density), features, { rows: 20_000 });
      const moment = secondMoment(model, batch, at) - a.mean ** 2;
      const reduction =
        moment / stratify(generator(0), uniformAt(density), features, { rows }).rows / a.sd ** 2;
      expect(reduction).toBeGreaterThan(features === 6 ? 4 : 1.3);
    },
  );

  it('starts with the same points at every density', () => {
    const [a, b] = [0.2, 0.5].map((density) =>
      stratify(generator(3), uniformAt(density), 6, { rows: 2048 }),
    );
    const firsts = ({ rows, rowStarts, indices, values }: WeightedBatch) => {
      const seen = new Map<string, number[]>();
      for (let row = 0; row < rows; row++) {
        const name = indices.subarray(rowStarts[row], rowStarts[row + 1]).join();
        const list = seen.get(name) ?? [];
        seen.set(name, list);
        if (list.length < 100) list.push(...values.subarray(rowStarts[row], rowStarts[row + 1]));
      }
      return [...seen.values()].map((list) => list.slice(0, 32));
    };
    expect(firsts(a)).toEqual(firsts(b));
    expect(a.weights).not.toEqual(b.weights);
  });

  it('lists the active sets of correlated features, and samples if there are too many', () => {
    const inputs = {
      kind: 'correlated',
      marginal: uniformAt(0.2),
      correlation: { kind: 'together', groups: 2 },
    } as const;
    const batch = stratify(generator(1), inputs, 6, { rows: 1000 });
    expect(expectation(batch, (x) => Number(x[0] !== 0 && x[1] !== 0))).toBeCloseTo(0.2, 12);
    expect(expectation(batch, (x) => Number(x[0] !== 0 && x[2] !== 0))).toBeCloseTo(0.04, 12);
    const many = stratify(generator(1), inputs, 40, { rows: 1000 });
    expect(many.rows).toBe(1000);
    expect(many.emptyWeight).toBe(0);
  });

  it('rejects a number of rows that is not a positive integer', () => {
    for (const wrong of [0, -1, 2.5]) {
      const stratified = (rows: number, leastRows: number) => () =>
        stratify(generator(1), uniformAt(0.1), 3, { rows, leastRows });
      expect(stratified(wrong, 1)).toThrow(/^rows: /);
      expect(stratified(100, wrong)).toThrow(/^leastRows: /);
    }
  });
});
