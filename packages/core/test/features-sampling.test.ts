import { describe, expect, it } from 'vitest';
import type { FeatureDistribution } from '../src/features/feature-distribution.ts';
import { moments } from '../src/features/moments.ts';
import { sampleFeatures } from '../src/features/sample.ts';
import { sampleSparse } from '../src/features/sparse.ts';
import type { SparseBatch } from '../src/features/sparse-batch.ts';
import { generator } from '@polysem/numerics/random';

const sparse: FeatureDistribution = { shape: 'uniform', density: 0.3, unitVariance: true };
const mixed: readonly FeatureDistribution[] = [
  { shape: 'gaussian', density: 0.5, unitVariance: true },
  { shape: 'uniform-positive', density: 0.25, unitVariance: false },
  { shape: 'student-t', density: 1, unitVariance: true, degreesOfFreedom: 12 },
  { shape: 'rademacher', density: 0.5, unitVariance: true },
  { shape: 'laplace', density: 0.02, unitVariance: true },
];

function dense(
  distributions: FeatureDistribution | readonly FeatureDistribution[],
  features: number,
  rows: number,
  seed: number,
): Float64Array {
  const out = new Float64Array(rows * features).fill(NaN);
  sampleFeatures(generator(seed), distributions, features, out);
  return out;
}

function expand({ rows, features, rowStarts, indices, values }: SparseBatch): Float64Array {
  const out = new Float64Array(rows * features);
  for (let row = 0; row < rows; row++) {
    for (let e = rowStarts[row]; e < rowStarts[row + 1]; e++) {
      out[row * features + indices[e]] = values[e];
    }
  }
  return out;
}

describe.each([
  ['one distribution', sparse, 5],
  ['one distribution, dense', { ...sparse, density: 1 }, 3],
  ['one distribution, very sparse', { ...sparse, density: 1e-4 }, 20],
  ['a list', mixed, 5],
] as const)('%s', (_, distributions, features) => {
  it('gives the same numbers in dense and sparse form', () => {
    const batch = sampleSparse(generator(17), distributions, features, 1000);
    expect(expand(batch)).toEqual(dense(distributions, features, 1000, 17));
  });

  it('has well-formed sparse rows', () => {
    const { rows, rowStarts, indices, values } = sampleSparse(
      generator(18),
      distributions,
      features,
      1000,
    );
    expect(rowStarts[0]).toBe(0);
    expect(rowStarts).toHaveLength(1001);
    expect(rowStarts[rows]).toBe(indices.length);
    expect(values).toHaveLength(indices.length);
    let disorder = 0;
    for (let row = 0; row < rows; row++) {
      for (let e = rowStarts[row] + 1; e < rowStarts[row + 1]; e++) {
        if (indices[e] <= indices[e - 1]) disorder++;
      }
    }
    expect(disorder).toBe(0);
    expect(values.every((value) => value !== 0)).toBe(true);
    expect(indices.every((feature) => feature < features)).toBe(true);
  });

  it('has the active fraction, mean and variance of each feature', () => {
    const rows = 40_000;
    const x = dense(distributions, features, rows, 19);
    const list = Array.isArray(distributions) ? distributions : Array(features).fill(distributions);
    list.forEach((distribution: FeatureDistribution, i) => {
      const { density: p } = distribution;
      const exact = moments(distribution);
      let active = 0;
      let sum = 0;
      let squares = 0;
      for (let row = 0; row < rows; row++) {
        const value = x[row * features + i];
        if (value !== 0) active++;
        sum += value;
        squares += (value - exact.mean) ** 2;
      }
      const error = 5 / Math.sqrt(rows);
      expect(Math.abs(active / rows - p)).toBeLessThanOrEqual(error * Math.sqrt(p * (1 - p)));
      expect(Math.abs(sum / rows - exact.mean)).toBeLessThan(error * Math.sqrt(exact.variance));
      expect(Math.abs(squares / rows - exact.variance)).toBeLessThan(
        error * exact.variance * Math.sqrt(exact.kurtosis - 1) + 1e-12,
      );
    });
  });
});

describe('sampling', () => {
  it('samples features and rows independently', () => {
    const features = 6;
    const rows = 50_000;
    const x = dense(sparse, features, rows, 23);
    const { kurtosis } = moments(sparse);
    // Neighbours at a distance of 1 to 5 features, 1 row, and 1 row and 1 feature.
    for (const lag of [1, 2, 3, 4, 5, 6, 7]) {
      let product = 0;
      let squares = 0;
      const pairs = x.length - lag;
      for (let i = 0; i < pairs; i++) {
        product += x[i] * x[i + lag];
        squares += (x[i] ** 2 - 1) * (x[i + lag] ** 2 - 1);
      }
      expect(Math.abs(product / pairs)).toBeLessThan(5 / Math.sqrt(pairs));
      expect(Math.abs(squares / pairs)).toBeLessThan((5 * (kurtosis - 1)) / Math.sqrt(pairs));
    }
  });

  it('has a binomial number of active features in a row', () => {
    const features = 20;
    const rows = 50_000;
    const p = 0.1;
    const { rowStarts } = sampleSparse(generator(29), { ...sparse, density: p }, features, rows);
    const counts = new Float64Array(features + 1);
    for (let row = 0; row < rows; row++) counts[rowStarts[row + 1] - rowStarts[row]]++;
    let probability = (1 - p) ** features;
    for (let count = 0; count <= features; count++) {
      const error = Math.sqrt((probability * (1 - probability)) / rows);
      // A difference of one row is not significant if less than one is expected.
      expect(Math.abs(counts[count] / rows - probability)).toBeLessThan(5 * error + 1.5 / rows);
      probability *= ((features - count) / (count + 1)) * (p / (1 - p));
    }
  });

  it('gives the same numbers for one distribution and for a list of equal ones', () => {
    expect(dense([sparse, sparse, sparse], 3, 200, 1)).toEqual(dense(sparse, 3, 200, 1));
  });

  it('gives the same numbers as in earlier versions', () => {
    const one = sampleSparse(generator(1), sparse, 3, 4);
    expect(Array.from(one.rowStarts)).toEqual([0, 0, 0, 1, 3]);
    expect(Array.from(one.indices)).toEqual([0, 1, 2]);
    [0.5421785353872209, -0.15436197302501978, 1.347950428128385].forEach((value, i) =>
      expect(one.values[i]).toBeCloseTo(value, 14),
    );
    expect(dense(sparse, 3, 50, 6)).toEqual(dense(sparse, 3, 50, 6));
    expect(dense(sparse, 3, 50, 6)).not.toEqual(dense(sparse, 3, 50, 7));
  });

  it('takes no time for inactive entries', () => {
    const never = { ...sparse, density: 1e-300 };
    const { indices } = sampleSparse(generator(1), never, 1000, 1_000_000);
    expect(indices).toHaveLength(0);
  });

  it('rejects sizes that do not fit', () => {
    const g = generator(0);
    const out = new Float64Array(10);
    expect(() => sampleFeatures(g, sparse, 3, out)).toThrow(/whole rows of 3 features, got 10/);
    expect(() => sampleFeatures(g, sparse, 0, out)).toThrow(RangeError);
    expect(() => sampleFeatures(g, [sparse], 5, out)).toThrow(/1 distributions for 5 features/);
    expect(() => sampleFeatures(g, [], 5, out)).toThrow(RangeError);
    expect(() => sampleFeatures(g, { ...sparse, density: 0 }, 5, out)).toThrow(/^density/);
    expect(() => sampleSparse(g, sparse, 5, 0)).toThrow(/rows/);
    expect(() => sampleSparse(g, sparse, 1.5, 2)).toThrow(RangeError);
  });
});
