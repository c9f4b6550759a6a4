/* oxlint-disable no-await-in-loop -- one measurement at a time */
import { describe, expect, it } from 'vitest';
import {
  gaussianBaselineFigures,
  similarSize,
  simulatedBaselineFigures,
  unitVectorBaselineFigures,
} from '../src/streaming/baselines/baseline-figures.ts';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import { gaussianSource } from '../src/streaming/baselines/gaussian-source.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import { ownNormsSource } from '../src/streaming/baselines/own-norms-source.ts';
import { shuffledNormsSource } from '../src/streaming/baselines/shuffled-norms-source.ts';
import { sparseSource } from '../src/streaming/baselines/sparse-source.ts';
import { unitVectorSource } from '../src/streaming/baselines/unit-vector-source.ts';
import { randomSubspaceQuantile } from '../src/streaming/baselines/baseline-figures.ts';
import { betaCdf, betaQuantile } from '../../numerics/src/elementary/beta.ts';
import { normalCdf } from '@polysem/numerics/elementary';
import { fastStream, fastUniform, fillFastNormal } from '../../numerics/src/random/fast-normal.ts';
import { generator } from '@polysem/numerics/random';
import { gaussianEmbedding, sum } from './fixtures.ts';

/** sup |F_n - F| sqrt(n), which exceeds 1.95 with probability 0.001 (Kolmogorov). */
function kolmogorov(values: Float64Array, cdf: (x: number) => number): number {
  const sorted = values.toSorted();
  const n = sorted.length;
  let most = 0;
  sorted.forEach((x, i) => {
    const f = cdf(x);
    most = Math.max(most, Math.abs(f - i / n), Math.abs(f - (i + 1) / n));
  });
  return most * Math.sqrt(n);
}

describe('fillFastNormal and fastStream', () => {
  it('fills with numbers that follow the normal distribution, its moments and its tails', () => {
    const n = 1_000_000;
    const x = new Float64Array(n);
    fillFastNormal(fastStream(generator(1), 0), x, 0, n);
    expect(kolmogorov(x.subarray(0, 100_000), normalCdf)).toBeLessThan(1.95);
    const moment = (p: number) => x.reduce((total, v) => total + v ** p, 0) / n;
    // Five standard errors: sqrt((E x^2p - (E x^p)^2) / n).
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    for (const at of [1, 3.4, 3.442619855899, 4]) {
      const p = 2 * normalCdf(-at);
      const beyond = x.reduce((count, v) => count + (Math.abs(v) > at ? 1 : 0), 0) / n;
      expect(Math.abs(beyond - p)).toBeLessThan(5 * Math.sqrt(p / n));
    }
    // Successive numbers are uncorrelated.
    let product = 0;
    for (let i = 1; i < n; i++) product += x[i] * x[i - 1];
    expect(Math.abs(product / n)).toBeLessThan(5 / Math.sqrt(n));
  });

  it('give independent streams, with uniform numbers inside (0, 1)', () => {
    const g = generator(2);
    const first = Array.from({ length: 1000 }, (_, k) => fastUniform(fastStream(g, k)));
    expect(kolmogorov(Float64Array.from(first), (x) => x)).toBeLessThan(1.95);
    expect(Math.min(...first)).toBeGreaterThan(0);
    expect(fastStream(g, 2 ** 32).state).not.toEqual(fastStream(g, 0).state);
    expect(fastStream(g, 5)).toEqual(fastStream(generator(2), 5));
  });
});

const shape = { dims: 7, features: 40, seed: 3 };
const norms = Float64Array.from({ length: 40 }, (_, i) => (i % 9 === 0 ? 0 : 1 + i));
const own = embeddingSource(gaussianEmbedding(7, 40, 4));
const sources: [string, FeatureSource][] = [
  ['gaussian', gaussianSource(shape)],
  ['gaussian in float64', gaussianSource({ ...shape, precision: 'float64' })],
  ['unit vectors', unitVectorSource(shape)],
  ['sparse', sparseSource({ ...shape, density: 0.3 })],
  ['own norms', ownNormsSource(shape, norms)],
  ['shuffled norms', shuffledNormsSource(own, norms, 3)],
];

describe('sources of baselines', () => {
  it.each(sources)('give the same vectors for any order of reads: %s', async (_, source) => {
    const whole = await source.read(0, 40);
    expect(whole.length).toBe(280);
    expect(whole instanceof Float32Array).toBe(source.precision === 'float32');
    expect(await source.read(11, 13)).toEqual(whole.slice(77, 168));
    expect(await source.read(39, 1)).toEqual(whole.slice(273));
    await expect(source.read(39, 2)).rejects.toThrow(RangeError);
  });

  const lengths = (block: Float32Array | Float64Array) =>
    Float64Array.from({ length: 40 }, (_, i) =>
      sum(block.slice(i * 7, i * 7 + 7).map((x) => x * x)),
    );

  it('have the specified norms', async () => {
    lengths(await unitVectorSource(shape).read(0, 40)).forEach((n) => expect(n).toBeCloseTo(1, 6));
    const random = lengths(await ownNormsSource(shape, norms).read(0, 40));
    random.forEach((n, i) => expect(Math.abs(n - norms[i])).toBeLessThan(1e-6 * (1 + norms[i])));
    const w = gaussianEmbedding(7, 40, 4);
    for (let i = 0; i < 40; i += 9) w.data.fill(0, i * 7, i * 7 + 7);
    const { squaredNorm } = measureCapacity(w);
    const block = await shuffledNormsSource(embeddingSource(w), squaredNorm, 3).read(0, 40);
    const dealt = lengths(block);
    // The norms are permuted; the directions stay.
    const inOrder = (list: Float64Array) => list.toSorted();
    inOrder(dealt).forEach((n, i) => expect(n).toBeCloseTo(inOrder(squaredNorm)[i], 10));
    expect(dealt.filter((n, i) => Math.abs(n - squaredNorm[i]) > 1e-6).length).toBeGreaterThan(20);
    for (let i = 0; i < 40; i++) {
      let cosine = 0;
      for (let d = 0; d < 7; d++) cosine += block[i * 7 + d] * w.data[i * 7 + d];
      expect(cosine).toBeCloseTo(Math.sqrt(dealt[i] * squaredNorm[i]), 10);
    }
  });

  it('have the specified density, and variance 1', async () => {
    const sparse = sparseSource({ dims: 50, features: 4000, seed: 5, density: 0.1 });
    const block = Float64Array.from(await sparse.read(0, 4000));
    const n = block.length;
    const filled = block.reduce((count, x) => count + (x === 0 ? 0 : 1), 0) / n;
    expect(Math.abs(filled - 0.1)).toBeLessThan(5 * Math.sqrt(0.09 / n));
    const second = block.reduce((total, x) => total + x * x, 0) / n;
    // Var x^2 = E x^4 - 1 = 3 / 0.1 - 1.
    expect(Math.abs(second - 1)).toBeLessThan(5 * Math.sqrt(29 / n));
  });

  it('reject invalid sizes, densities and numbers of norms', () => {
    expect(() => gaussianSource({ ...shape, dims: 0 })).toThrow('dims: must be a positive integer');
    expect(() => sparseSource({ ...shape, density: 0 })).toThrow('density: must lie in (0, 1]');
    expect(() => ownNormsSource(shape, norms.slice(1))).toThrow('39 numbers for 40 features');
    expect(() => shuffledNormsSource(own, norms.slice(1), 1)).toThrow('39 numbers for 40 features');
  });
});

describe('the beta distribution', () => {
  it('agrees with closed forms, and its quantile with the normal limit', () => {
    for (const x of [1e-6, 0.1, 0.5, 0.93]) {
      expect(betaCdf(x, 1, 1)).toBeCloseTo(x, 12);
      expect(betaCdf(x, 3, 1)).toBeCloseTo(x ** 3, 12);
      expect(betaCdf(x, 1, 40)).toBeCloseTo(1 - (1 - x) ** 40, 12);
      expect(betaCdf(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 12);
      expect(betaCdf(x, 2.5, 7) + betaCdf(1 - x, 7, 2.5)).toBeCloseTo(1, 12);
    }
    expect(betaCdf(betaQuantile(0.3, 384, 499_999.5), 384, 499_999.5)).toBeCloseTo(0.3, 8);
    // Normal in the limit, up to an error of the order of the skewness.
    const a = 1e5;
    expect(betaQuantile(0.975, a, a)).toBeCloseTo(0.5 + 1.959964 / Math.sqrt(8 * a + 4), 6);
    expect([betaCdf(-1, 2, 3), betaCdf(2, 2, 3)]).toEqual([0, 1]);
  });
});

describe('closed forms of baselines', () => {
  it.each([
    ['Gaussian', gaussianBaselineFigures, gaussianSource, 6, 24],
    ['Gaussian', gaussianBaselineFigures, gaussianSource, 40, 30],
    ['unit vectors', unitVectorBaselineFigures, unitVectorSource, 6, 40],
    ['unit vectors', unitVectorBaselineFigures, unitVectorSource, 24, 120],
  ] as const)('agree with simulated matrices: %s', async (_, figuresOf, source, dims, features) => {
    const formula = figuresOf(dims, features);
    const runs = 400;
    const found: Record<string, number[]> = {};
    const capacities: number[] = [];
    const leverages: number[] = [];
    for (let seed = 0; seed < runs; seed++) {
      const data = await source({ dims, features, seed, precision: 'float64' }).read(0, features);
      const m = measureCapacity(embedding(dims, features, data));
      // One feature per matrix, because the features of one matrix are dependent.
      capacities.push(m.capacity[0]);
      leverages.push(m.leverage[0]);
      for (const [figure, value] of Object.entries(simulatedBaselineFigures('one', m).figures)) {
        (found[figure] ??= []).push(value ?? NaN);
      }
    }
    for (const figure of [
      'meanCapacity',
      'efficiency',
      'meanLeverage',
      'spectrumEvenness',
    ] as const) {
      const expected = formula.figures[figure];
      if (expected === null) continue;
      const mean = sum(found[figure]) / runs;
      const deviation = Math.sqrt(sum(found[figure].map((x) => (x - mean) ** 2)) / runs);
      // Five standard errors, plus the relative error of expansions: 1 / N^2, or 1 / (N D) for the
      // evenness.
      const order = figure === 'spectrumEvenness' ? 4 / (features * dims) : 4 / features ** 2;
      expect(Math.abs(mean - expected)).toBeLessThan(
        (5 * deviation) / Math.sqrt(runs) + order * expected + 1e-12,
      );
    }
    for (const p of [0.1, 0.5, 0.9]) {
      const below =
        capacities.filter((c) => c < (formula.capacityQuantile?.(p) ?? NaN)).length / runs;
      expect(Math.abs(below - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / runs));
      const quantile = formula.leverageQuantile?.(p);
      if (quantile === undefined) continue;
      // With N <= D every leverage is 1.
      const belowIt = leverages.filter((c) => c < quantile - 1e-9).length / runs;
      const expected = features > dims ? p : 0;
      expect(Math.abs(belowIt - expected)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / runs));
      if (features <= dims) expect(belowIt).toBe(0);
    }
  });

  it('give every feature a whole leverage if there are no more features than dimensions', () => {
    for (const p of [0.1, 0.5, 0.9]) expect(randomSubspaceQuantile(5, 5)(p)).toBe(1);
    expect(randomSubspaceQuantile(4, 5)(0.5)).toBe(betaQuantile(0.5, 2, 0.5));
  });

  it('are comparable with the figures of a measured matrix', () => {
    const antipodal = embedding(8, 16);
    for (let i = 0; i < 16; i++) antipodal.data[i * 8 + (i % 8)] = i < 8 ? 1 : -1;
    const { figures } = simulatedBaselineFigures('antipodal pairs', measureCapacity(antipodal));
    const gaussian = gaussianBaselineFigures(8, 16).figures;
    expect(figures.efficiency).toBeCloseTo(1, 14);
    expect(gaussian.efficiency).toBeCloseTo(16 / 23, 14);
    expect(figures.meanLeverage).toBeCloseTo(gaussian.meanLeverage ?? NaN, 14);
    expect(() => gaussianBaselineFigures(0, 3)).toThrow(RangeError);
    expect(() => unitVectorBaselineFigures(2, 0)).toThrow(RangeError);
    expect(gaussianBaselineFigures(3, 1).capacityQuantile?.(0.5)).toBe(1);
    expect(unitVectorBaselineFigures(1, 5).figures.meanCapacity).toBeCloseTo(1 / 5, 15);
  });

  it('depend on N / D, so a smaller matrix of the same ratio has nearly the same', async () => {
    const small = similarSize(1000, 8000, 1e6);
    expect(small.features / small.dims).toBeCloseTo(8, 1);
    expect(2 * small.features * small.dims ** 2).toBeLessThan(1.2e6);
    expect(similarSize(10, 20, 1e9)).toEqual({ dims: 10, features: 20 });
    const m = await measureStream(gaussianSource({ ...small, seed: 1 }));
    const expected = gaussianBaselineFigures(1000, 8000).figures;
    const { figures } = simulatedBaselineFigures('smaller', m);
    for (const [figure, value] of Object.entries(figures) as [keyof typeof figures, number][]) {
      // An error of O(1 / D) for about 40 dimensions, and sampling error.
      expect(Math.abs(value / (expected[figure] ?? NaN) - 1)).toBeLessThan(0.08);
    }
  });
});
