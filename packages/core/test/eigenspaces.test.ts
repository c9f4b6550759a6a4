import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { efficientEmbedding } from '../src/geometry/efficient-embedding.ts';
import { embedding } from '../src/embedding/embedding.ts';
import { fillNormal, generator } from '@polysem/numerics/random';
import { forEachSpectralMeasure, randomLocalisation } from '../src/geometry/spectral-measure.ts';
import { frameSpectrum, groupEigenvalues } from '../src/geometry/frame-spectrum.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { tightFrame } from './neuron-cases.ts';

describe('eigenspaces', () => {
  it('contain all eigenvalues in order, with spreads within the bound', () => {
    const lists = fc
      .array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { maxLength: 60 })
      .map((list) => list.toSorted((a, b) => b - a));
    fc.assert(
      fc.property(lists, fc.double({ min: 0, max: 0.9, noNaN: true }), (list, spread) => {
        const spaces = groupEigenvalues(list, spread);
        let next = 0;
        for (const { first, dims, spread: own, eigenvalue } of spaces) {
          expect(first).toBe(next);
          next += dims;
          expect(own).toBeLessThanOrEqual(spread);
          expect(own).toBe(1 - list[next - 1] / list[first]);
          expect(eigenvalue).toBeCloseTo(sum(list.slice(first, next)) / dims, 12);
        }
        expect(next).toBe(list.length);
      }),
      { numRuns: 500 },
    );
  });

  it('keep clusters together and divide a continuum, unlike a bound on gaps', () => {
    const clusters = [5, 5, 4.999, 2, 2, 1];
    expect(groupEigenvalues(clusters).map(({ dims }) => dims)).toEqual([3, 2, 1]);
    const continuum = Array.from({ length: 100 }, (_, k) => 1 - 0.0005 * k);
    expect(groupEigenvalues(continuum).length).toBeGreaterThan(20);
    expect(groupEigenvalues([3, 2, 1], 0.7).length).toBe(1);
  });

  it('of a noisy tight frame have the documented spread', () => {
    const [dims, features] = [40, 160];
    for (const noise of [0.01, 0.03]) {
      const w = tightFrame(dims, features, 1, 3);
      const errors = new Float64Array(w.data.length);
      fillNormal(generator(9), errors);
      // Noise per entry: that fraction of the root mean square entry, sqrt(D / N / D).
      const noisy = embedding(
        dims,
        features,
        w.data.map((x, j) => x + noise * Math.sqrt(1 / features) * errors[j]),
      );
      const { eigenvalues } = frameSpectrum(noisy);
      const spread = 1 - eigenvalues[dims - 1] / eigenvalues[0];
      const expected = 4 * noise * Math.sqrt((2 * dims) / features);
      expect(spread / expected).toBeGreaterThan(0.8);
      expect(spread / expected).toBeLessThan(1.1);
    }
  });
});

describe('randomLocalisation', () => {
  it('equals the mean over random directions in the span', () => {
    const capacity = [1, 1, 1, 0.5, 0.5];
    const gamma = [9, 9, 4, 1, 1];
    const w = efficientEmbedding(
      capacity,
      capacity.map((c, i) => c * gamma[i]),
      4,
    );
    const spectrum = frameSpectrum(w);
    // Eigenspaces of 2, 1 and 1 of 4 dimensions: (8 + 3 + 3) / 24.
    expect(randomLocalisation(spectrum)).toBeCloseTo(14 / 24, 14);
    const draws = 4000;
    let total = 0;
    let squares = 0;
    forEachSpectralMeasure(gaussianEmbedding(4, draws, 5), spectrum, (_, { eigenspaceWeights }) => {
      const localisation = sum(eigenspaceWeights.map((weight) => weight * weight));
      total += localisation;
      squares += localisation * localisation;
    });
    const mean = total / draws;
    const error = Math.sqrt((squares / draws - mean * mean) / draws);
    expect(Math.abs(mean - 14 / 24)).toBeLessThan(5 * error);
  });
});
