import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { efficientEmbedding } from '../src/geometry/efficient-embedding.ts';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import {
  forEachSpectralMeasure,
  randomLocalisation,
  spectralMeasures,
} from '../src/geometry/spectral-measure.ts';
import { frameOperator } from '../src/embedding/frame-operator.ts';
import { frameSpectrum } from '../src/geometry/frame-spectrum.ts';
import {
  noSpectralFigures,
  roomForMeasure,
  takeFigures,
  writeMeasure,
} from '../src/geometry/spectral-figures.ts';
import { gram } from '../src/embedding/gram.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { symmetricEigen } from '@polysem/numerics/linalg';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { randomRotation, rotated } from './neuron-cases.ts';

/**
 * Well-conditioned Gaussian embeddings with more features than dimensions, with some zero vectors
 * and different scales.
 */
const anyEmbedding = fc
  .record({
    dims: fc.integer({ min: 1, max: 7 }),
    more: fc.integer({ min: 3, max: 20 }),
    seed: fc.nat(),
    exponent: fc.integer({ min: -60, max: 60 }),
    zero: fc.option(fc.nat({ max: 5 })),
  })
  .map(({ dims, more, seed, exponent, zero }) => {
    const features = dims + more;
    const w = gaussianEmbedding(dims, features, seed);
    for (let j = 0; j < w.data.length; j++) w.data[j] *= 10 ** exponent;
    if (zero !== null && zero < more - 1) w.data.fill(0, zero * dims, (zero + 1) * dims);
    return w;
  });

/** Solves S x = b by Gaussian elimination with pivoting. */
function solve(s: Float64Array, b: readonly number[]): number[] {
  const n = b.length;
  const rows = b.map((value, r) => [...s.subarray(r * n, (r + 1) * n), value]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let r = k; r < n; r++) if (Math.abs(rows[r][k]) > Math.abs(rows[pivot][k])) pivot = r;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let r = 0; r < n; r++) {
      if (r === k) continue;
      const factor = rows[r][k] / rows[k][k];
      for (let c = k; c <= n; c++) rows[r][c] -= factor * rows[k][c];
    }
  }
  return rows.map((row, r) => row[n] / row[r]);
}

/**
 * Error bound of a float64 figure: the rounding of some hundred products times the condition number
 * of S.
 */
function relativeBound(w: Embedding, eigenvalues: Float64Array): number {
  return 1e3 * w.features * Number.EPSILON * (eigenvalues[0] / eigenvalues[w.dims - 1]);
}

describe('spectralMeasures', () => {
  it('agrees with the Gram matrix: its eigenvectors for the weights, its powers for the moments', () => {
    fc.assert(
      fc.property(anyEmbedding, (w) => {
        const { dims, features } = w;
        const largest = Math.max(...w.data.map(Math.abs));
        const unit = embedding(
          dims,
          features,
          w.data.map((x) => x / largest),
        );
        const measured = spectralMeasures(unit, { spread: 0 });
        const { eigenvalues } = measured.spectrum;
        const bound = relativeBound(unit, eigenvalues);
        const g = gram(unit);
        const { values, vectors } = symmetricEigen(g, features);
        for (let i = 0; i < features; i++) {
          const n = g[i * features + i];
          if (n === 0) continue;
          let first = 0;
          for (let j = 0; j < features; j++) first += g[i * features + j] ** 2 / n;
          expect(Math.abs(measured.mean[i] / first - 1)).toBeLessThan(bound);
          // Eigenvectors of nearly equal eigenvalues are ill-determined; other tests cover their weights.
          for (let k = 0; k < dims; k++) {
            const gap = Math.min(
              k > 0 ? values[k - 1] - values[k] : Infinity,
              k < dims - 1 ? values[k] - values[k + 1] : Infinity,
            );
            const expected = (values[k] * vectors[k * features + i] ** 2) / n;
            const found = (measured.weights as Float64Array)[i * dims + k];
            expect(Math.abs(found - expected)).toBeLessThan(bound * Math.max(1, values[0] / gap));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('agrees with S itself: the variance is the residual of S u, and C~ / n solves S x = w', () => {
    fc.assert(
      fc.property(anyEmbedding, (w) => {
        const { dims, features } = w;
        const largest = Math.max(...w.data.map(Math.abs));
        const unit = embedding(
          dims,
          features,
          w.data.map((x) => x / largest),
        );
        const s = frameOperator(unit);
        const measured = spectralMeasures(unit);
        const bound = relativeBound(unit, measured.spectrum.eigenvalues);
        const lambda = measured.spectrum.eigenvalues[0];
        for (let i = 0; i < features; i++) {
          const vector = [...unit.data.subarray(i * dims, (i + 1) * dims)];
          const n = sum(vector.map((x) => x * x));
          if (n === 0) continue;
          const su = vector.map((_, r) =>
            sum(vector.map((x, c) => (s[r * dims + c] * x) / Math.sqrt(n))),
          );
          const rayleigh = sum(su.map((x, d) => (x * vector[d]) / Math.sqrt(n)));
          const residual = sum(su.map((x, d) => (x - (rayleigh * vector[d]) / Math.sqrt(n)) ** 2));
          expect(Math.abs(measured.variance[i] - residual)).toBeLessThan(bound * lambda ** 2);
          const inverse = sum(solve(s, vector).map((x, d) => (x * vector[d]) / n));
          expect(Math.abs(measured.meanInverse[i] / inverse - 1)).toBeLessThan(bound);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('has the means n / C and C~ / n at all scales, with a product within the Kantorovich bound', () => {
    fc.assert(
      fc.property(anyEmbedding, (w) => {
        const measured = spectralMeasures(w);
        const { capacity, leverage, squaredNorm } = measureCapacity(w);
        const { eigenvalues, eigenspaces } = measured.spectrum;
        const condition = eigenvalues[0] / eigenvalues[w.dims - 1];
        const bound = relativeBound(w, eigenvalues);
        for (let i = 0; i < w.features; i++) {
          if (squaredNorm[i] === 0) {
            expect([
              measured.mean[i],
              measured.variance[i],
              measured.meanInverse[i],
              measured.leverageRatio[i],
              measured.localisation[i],
              measured.entropy[i],
              measured.eigenspace[i],
            ]).toEqual([0, 0, 0, 0, 0, 0, -1]);
            continue;
          }
          expect(Math.abs((measured.mean[i] * capacity[i]) / squaredNorm[i] - 1)).toBeLessThan(
            bound,
          );
          expect(
            Math.abs((measured.meanInverse[i] * squaredNorm[i]) / leverage[i] - 1),
          ).toBeLessThan(bound);
          expect(
            Math.abs((measured.leverageRatio[i] * capacity[i]) / leverage[i] - 1),
          ).toBeLessThan(bound);
          expect(measured.leverageRatio[i]).toBeGreaterThanOrEqual(1);
          expect(measured.leverageRatio[i]).toBeLessThan(
            ((1 + condition) ** 2 / (4 * condition)) * (1 + bound),
          );
          expect(measured.localisation[i]).toBeLessThanOrEqual(1);
          expect(measured.localisation[i] * eigenspaces.length).toBeGreaterThan(1 - 1e-12);
          // Rényi entropies decrease with their order: Shannon's is at least that of order 2.
          expect(measured.entropy[i]).toBeGreaterThan(-Math.log(measured.localisation[i]) - 1e-12);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has weights that sum to 1 per feature and, weighted by n, to m lambda per eigenspace', () => {
    fc.assert(
      fc.property(anyEmbedding, fc.constantFrom(0, 1e-3, 0.3), (w, spread) => {
        const measured = spectralMeasures(w, { spread });
        const { squaredNorm } = measureCapacity(w);
        const weights = measured.weights as Float64Array;
        const { eigenspaces } = measured.spectrum;
        const spaces = eigenspaces.length;
        const totals = new Float64Array(spaces);
        for (let i = 0; i < w.features; i++) {
          const row = weights.subarray(i * spaces, (i + 1) * spaces);
          expect(sum(row)).toBeCloseTo(squaredNorm[i] > 0 ? 1 : 0, 13);
          row.forEach((weight, k) => {
            totals[k] += squaredNorm[i] * weight;
          });
        }
        eigenspaces.forEach(({ eigenvalue, dims }, k) => {
          expect(Math.abs(totals[k] / (eigenvalue * dims) - 1)).toBeLessThan(
            relativeBound(w, measured.spectrum.eigenvalues),
          );
        });
      }),
      { numRuns: 300 },
    );
  });

  it('is invariant under rotation, permutation, scale and sign flips', () => {
    fc.assert(
      fc.property(anyEmbedding, fc.nat(), (w, seed) => {
        const { dims, features } = w;
        const before = spectralMeasures(w);
        const turned = rotated(w, randomRotation(dims, seed));
        const moved = embedding(dims, features);
        for (let i = 0; i < features; i++) {
          for (let d = 0; d < dims; d++) {
            moved.data[(features - 1 - i) * dims + d] =
              (i % 2 ? -4 : 4) * turned.data[i * dims + d];
          }
        }
        const after = spectralMeasures(moved);
        // Rounding may change the grouping of eigenvalues: eigenspaces are compared only where groupings agree.
        const same = after.spectrum.eigenspaces.length === before.spectrum.eigenspaces.length;
        const bound = relativeBound(w, before.spectrum.eigenvalues);
        for (let i = 0; i < features; i++) {
          const j = features - 1 - i;
          expect(Math.abs(after.mean[j] / 16 - before.mean[i])).toBeLessThanOrEqual(
            bound * before.mean[i],
          );
          expect(Math.abs(after.leverageRatio[j] - before.leverageRatio[i])).toBeLessThanOrEqual(
            bound * before.leverageRatio[i],
          );
          // Eigenspaces rotate by rounding over their distance, which is at least the bound on the spread.
          if (same) {
            expect(Math.abs(after.localisation[j] - before.localisation[i])).toBeLessThan(
              1e3 * bound,
            );
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is a point mass at the gamma of the block for every feature of an efficient matrix', () => {
    const capacity = [0.5, 0.5, 2 / 3, 2 / 3, 2 / 3, 0, 1, 0.4, 0.4, 0.4, 0.4, 0.4];
    const gamma = [3, 3, 1, 1, 1, 0, 7, 1.5, 1.5, 1.5, 1.5, 1.5];
    const plain = efficientEmbedding(
      capacity,
      capacity.map((c, i) => c * gamma[i]),
      6,
    );
    const w = rotated(plain, randomRotation(6, 4));
    const measured = spectralMeasures(w);
    const spaces = measured.spectrum.eigenspaces;
    [7, 3, 1.5, 1].forEach((value, k) => expect(spaces[k].eigenvalue).toBeCloseTo(value, 12));
    expect(spaces.map(({ dims, first }) => [dims, first])).toEqual([
      [1, 0],
      [1, 1],
      [2, 2],
      [2, 4],
    ]);
    for (const { spread } of spaces) expect(spread).toBeLessThan(1e-13);
    capacity.forEach((c, i) => {
      const isIgnored = c === 0;
      expect(measured.localisation[i]).toBeCloseTo(isIgnored ? 0 : 1, 12);
      expect(measured.leverageRatio[i]).toBeCloseTo(isIgnored ? 0 : 1, 12);
      expect(measured.entropy[i]).toBeCloseTo(0, 12);
      expect(measured.variance[i]).toBeCloseTo(0, 12);
      expect(measured.mean[i]).toBeCloseTo(gamma[i], 12);
      expect(measured.eigenspace[i]).toBe(isIgnored ? -1 : [7, 3, 1.5, 1].indexOf(gamma[i]));
    });
  });

  it('gives the exact values for the acute pair at 30 degrees: eigenvalues 1 +- cos 30, C = 4/7, C~ = 1', () => {
    const acute = embeddingFromVectors([
      [1, 0],
      [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)],
    ]);
    const measured = spectralMeasures(acute);
    const half = Math.PI / 12;
    [1, -1].forEach((sign, k) =>
      expect(measured.spectrum.eigenvalues[k]).toBeCloseTo(1 + sign * Math.cos(Math.PI / 6), 14),
    );
    for (const i of [0, 1]) {
      expect(measured.weights?.[2 * i]).toBeCloseTo(Math.cos(half) ** 2, 14);
      expect(measured.weights?.[2 * i + 1]).toBeCloseTo(Math.sin(half) ** 2, 14);
      expect(measured.mean[i]).toBeCloseTo(7 / 4, 14);
      // Two values at distance cos 30 from 1, with weights cos^2 15 and sin^2 15.
      expect(measured.variance[i]).toBeCloseTo(3 / 4 - (3 / 4) ** 2, 14);
      expect(measured.meanInverse[i]).toBeCloseTo(1, 13);
      expect(measured.leverageRatio[i]).toBeCloseTo(7 / 4, 13);
      expect(measured.localisation[i]).toBeCloseTo(7 / 8, 14);
    }
  });

  it('accepts float32, entries near the limits of float64, and a zero matrix', () => {
    const w = gaussianEmbedding(3, 9, 2);
    const reference = spectralMeasures(w);
    for (const factor of [2 ** 700, 2 ** -700]) {
      const far = spectralMeasures(
        embedding(
          3,
          9,
          w.data.map((x) => x * factor),
        ),
      );
      expect(far.localisation).toEqual(reference.localisation);
      expect(far.leverageRatio).toEqual(reference.leverageRatio);
      expect(far.spectrum.eigenspaces.length).toBe(reference.spectrum.eigenspaces.length);
    }
    const single = spectralMeasures(embedding(3, 9, Float32Array.from(w.data)));
    single.mean.forEach((mean, i) =>
      expect(Math.abs(mean / reference.mean[i] - 1)).toBeLessThan(1e-5),
    );
    const zero = spectralMeasures(embedding(2, 3));
    expect([zero.spectrum.rank, zero.spectrum.eigenspaces.length, zero.weights?.length]).toEqual([
      0, 0, 0,
    ]);
    expect([...zero.eigenspace, ...zero.localisation]).toEqual([-1, -1, -1, 0, 0, 0]);
    expect(randomLocalisation(zero.spectrum)).toBe(0);
  });

  it('has shares of at most 1 where rounding gives more, and no negative entropy', () => {
    const spectrum = {
      dims: 7,
      rank: 7,
      eigenspaces: [{ first: 0, dims: 7, eigenvalue: 1, spread: 0 }],
    };
    const measure = roomForMeasure(spectrum);
    const figures = noSpectralFigures(300);
    let above = 0;
    for (let i = 0; i < 300; i++) {
      const t = gaussianEmbedding(7, 1, i).data as Float64Array;
      writeMeasure(measure, spectrum, t);
      const squares = t.map((x) => (x / Math.max(...t.map(Math.abs))) ** 2);
      if (sum(squares.map((x) => x / sum(squares))) > 1) above++;
      expect(measure.eigenspaceWeights[0]).toBeLessThanOrEqual(1);
      expect(measure.eigenspaceWeights[0]).toBeGreaterThan(1 - 1e-14);
      takeFigures(figures, i, measure, new Float64Array(7).fill(2), 1);
      expect(figures.entropy[i]).toBeGreaterThanOrEqual(0);
      expect(figures.localisation[i]).toBeLessThanOrEqual(1);
      expect(figures.leverageRatio[i]).toBeGreaterThanOrEqual(1);
    }
    expect(above).toBeGreaterThan(20);
  });

  it('has moments of S in the unit of the vectors', () => {
    const measure = {
      eigenvectorWeights: Float64Array.of(0.75, 0.25),
      eigenspaceWeights: Float64Array.of(0.75, 0.25),
    };
    const figures = noSpectralFigures(2);
    // Vectors times 2 have four times the eigenvalues: 8 and 4 are 2 and 1.
    takeFigures(figures, 0, measure, Float64Array.of(8, 4), 2);
    takeFigures(figures, 1, measure, Float64Array.of(8, 4), 1);
    expect([...figures.mean]).toEqual([7 / 4, 7]);
    expect([...figures.variance]).toEqual([3 / 16, 3]);
    expect([...figures.meanInverse]).toEqual([5 / 8, 5 / 32]);
    expect([...figures.leverageRatio]).toEqual([35 / 32, 35 / 32]);
    expect([...figures.localisation]).toEqual([5 / 8, 5 / 8]);
    expect([...figures.eigenspace]).toEqual([0, 0]);
  });

  it('reuses the arrays of the measure', () => {
    const w = gaussianEmbedding(5, 12, 7);
    const kept = spectralMeasures(w);
    const lean = spectralMeasures(w, { weights: false });
    expect(lean.weights).toBeNull();
    expect(lean.localisation).toEqual(kept.localisation);
    const { spectrum } = kept;
    const visited: number[] = [];
    forEachSpectralMeasure(w, spectrum, (i, { eigenvectorWeights, eigenspaceWeights }) => {
      visited.push(i);
      expect(sum(eigenvectorWeights)).toBeCloseTo(1, 14);
      const spaces = spectrum.eigenspaces.length;
      expect(eigenspaceWeights).toEqual(kept.weights?.subarray(i * spaces, (i + 1) * spaces));
    });
    expect(visited).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  it('rejects numbers that are not finite, wrong sizes and spreads', () => {
    const wrong = embedding(2, 2, Float64Array.of(1, 2, NaN, 4));
    expect(() => spectralMeasures(wrong)).toThrow('feature 1 has NaN in dimension 0');
    expect(() => frameSpectrum({ dims: 2, features: 3, data: new Float64Array(2) })).toThrow(
      'need 6 numbers',
    );
    expect(() => frameSpectrum(gaussianEmbedding(2, 3, 1), { spread: 1 })).toThrow(
      'spread: must lie in [0, 1), got 1',
    );
  });
});
