import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { gaussianBaseline } from '../src/capacity/gaussian-baseline.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { participationRatio } from '../src/capacity/spectral.ts';
import { spectrumBaselineFigures } from '../src/streaming/baselines/spectrum-baseline.ts';
import { betaCdf } from '../../numerics/src/elementary/beta.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';

const options = { seed: 7, samples: 20_000 };

/**
 * Random matrix with the given singular values. Its right singular vectors are Gaussian columns
 * made orthonormal by Gram-Schmidt, which are uniformly distributed because Gaussian vectors are
 * rotation-invariant.
 */
function drawn(dims: number, features: number, singularValues: Float64Array, seed: number) {
  const { data } = gaussianEmbedding(features, singularValues.length, seed);
  const w = new Float64Array(dims * features);
  const columns: Float64Array[] = [];
  singularValues.forEach((s, k) => {
    const v = Float64Array.from(data.subarray(k * features, (k + 1) * features));
    for (const u of columns) {
      const along = sum(v.map((x, i) => x * u[i]));
      for (let i = 0; i < features; i++) v[i] -= along * u[i];
    }
    const length = Math.sqrt(sum(v.map((x) => x * x)));
    for (let i = 0; i < features; i++) v[i] /= length;
    columns.push(v);
    for (let i = 0; i < features; i++) w[i * dims + k] = s * v[i];
  });
  return embedding(dims, features, w);
}

describe('spectrumBaselineFigures', () => {
  it.each([
    ['even, few features', 6, 8, [1, 1, 1, 1, 1, 1]],
    ['steep', 5, 30, [10, 3, 1, 0.3, 0.1]],
    ['not of full rank', 8, 12, [4, 2, 2]],
    ['as many features as dimensions', 6, 6, [3, 2.5, 2, 1, 1, 0.5]],
    ['one direction', 4, 9, [2]],
  ] as const)('agrees with random matrices: %s', (_, dims, features, values) => {
    const singularValues = Float64Array.from(values);
    const baseline = spectrumBaselineFigures({ dims, features, singularValues }, options);
    const matrices = 600;
    const found = Array.from({ length: matrices }, (__, m) => {
      const w = measureCapacity(drawn(dims, features, singularValues, 100 + m));
      w.singularValues.forEach((s, k) => expect(s).toBeCloseTo(singularValues[k], 9));
      return w.capacity;
    });
    const means = Float64Array.from(found, (capacity) => sum(capacity) / features);
    const mean = sum(means) / matrices;
    const spread = (list: Float64Array, about: number) =>
      sum(list.map((x) => (x - about) ** 2)) / list.length;
    // Five standard errors of both samples, or rounding if C does not vary.
    const all = Float64Array.from(found.flatMap((capacity) => Array.from(capacity)));
    const error =
      5 * Math.sqrt(spread(means, mean) / matrices + spread(all, mean) / options.samples) + 1e-12;
    expect(Math.abs((baseline.figures.meanCapacity ?? NaN) - mean)).toBeLessThan(error);
    expect(baseline.figures.efficiency).toBeCloseTo(
      ((baseline.figures.meanCapacity ?? NaN) * features) / values.length,
      12,
    );
    // Half of the features of random matrices lie below the median: 2.5 standard errors of both
    // fractions.
    const below =
      all.filter((c) => c < (baseline.figures.medianCapacity ?? NaN)).length / all.length;
    const share = 2.5 / Math.sqrt(options.samples) + 2.5 / Math.sqrt(all.length / features);
    if (values.length < features) expect(Math.abs(below - 0.5)).toBeLessThan(share);
  });

  it('has the beta distribution and efficiency 1 if all singular values are equal', () => {
    const [dims, features] = [6, 40];
    const singularValues = new Float64Array(dims).fill(3);
    const { figures, capacityQuantile, leverageQuantile } = spectrumBaselineFigures(
      { dims, features, singularValues },
      options,
    );
    expect(figures.meanLeverage).toBe(dims / features);
    expect(figures.spectrumEvenness).toBeCloseTo(1, 12);
    // C = C~, of mean r / N and variance 2 a b / ((a + b)^2 (2 a + 2 b + 2)) for a = r / 2, b = (N - r) / 2.
    const variance = (2 * 3 * 17) / (20 ** 2 * 42);
    const error = 5 * Math.sqrt(variance / options.samples);
    expect(Math.abs((figures.meanCapacity ?? NaN) - 0.15)).toBeLessThan(error);
    for (const p of [0.05, 0.5, 0.9]) {
      const quantile = capacityQuantile?.(p) ?? NaN;
      expect(Math.abs(betaCdf(quantile, 3, 17) - p)).toBeLessThan(2.5 / Math.sqrt(options.samples));
      expect(betaCdf(leverageQuantile?.(p) ?? NaN, 3, 17)).toBeCloseTo(p, 9);
    }
    // The largest of n samples exceeds the quantile of 1 - 20 / n with probability 1 - exp(-20).
    const most = capacityQuantile?.(1) ?? NaN;
    expect(betaCdf(most, 3, 17)).toBeGreaterThan(1 - 20 / options.samples);
    expect(most).toBeLessThan(1);
    expect(betaCdf(capacityQuantile?.(0) ?? NaN, 3, 17)).toBeLessThan(20 / options.samples);
  });

  it('samples 16384 features where nothing else is said', () => {
    const spectrum = { dims: 3, features: 5, singularValues: Float64Array.of(3, 1) };
    const { figures } = spectrumBaselineFigures(spectrum, { seed: 4 });
    expect(figures).toEqual(
      spectrumBaselineFigures(spectrum, { seed: 4, samples: 16_384 }).figures,
    );
    expect(figures).not.toEqual(
      spectrumBaselineFigures(spectrum, { seed: 4, samples: 16_383 }).figures,
    );
  });

  it('agrees with Gaussian matrices', () => {
    const [dims, features] = [60, 240];
    const { singularValues } = measureCapacity(gaussianEmbedding(dims, features, 3));
    const { figures } = spectrumBaselineFigures({ dims, features, singularValues }, options);
    // The efficiency of one such matrix varies by about 1 / D, relatively.
    const expected = gaussianBaseline(dims, features).efficiency;
    expect(Math.abs((figures.efficiency ?? NaN) / expected - 1)).toBeLessThan(2 / dims);
    const evenness = participationRatio(singularValues) / dims;
    expect(Math.abs((figures.efficiency ?? NaN) / evenness - 1)).toBeLessThan(2 / dims);
  });

  it('repeats its results for a seed, does not depend on the scale, and rejects an invalid spectrum', () => {
    const at = (values: number[], seed = 1) =>
      spectrumBaselineFigures(
        { dims: 3, features: 5, singularValues: Float64Array.from(values) },
        { seed, samples: 100 },
      ).figures;
    expect(at([2, 1])).toEqual(at([2, 1]));
    expect(at([2, 1])).not.toEqual(at([2, 1], 2));
    expect(at([2e200, 1e200]).meanCapacity).toBeCloseTo(at([2, 1]).meanCapacity ?? NaN, 12);
    expect(() => at([])).toThrow('singularValues must be 1 to 3 numbers, got 0');
    expect(() => at([1, 1, 1, 1])).toThrow('got 4');
    expect(() => at([1, 0])).toThrow('positive and finite, got 0');
  });

  it('has no capacity of zero, whichever draw it is from', () => {
    const singularValues = Float64Array.of(2, 1);
    const few = spectrumBaselineFigures(
      { dims: 2, features: 5, singularValues },
      { seed: 1, samples: 3 },
    );
    const [least, middle, most] = [0, 0.5, 0.99].map((p) => few.capacityQuantile?.(p) ?? 0);
    expect(least).toBeGreaterThan(0);
    expect(middle).toBeGreaterThan(least);
    expect(few.capacityQuantile?.(1)).toBe(most);
    expect(few.figures.meanCapacity).toBeCloseTo((least + middle + most) / 3, 14);
  });
});
