import {
  gaussianBaseline,
  measureCapacity,
  mutualCoherence,
  summarise,
  welchBound,
} from '@polysem/core/capacity';
import { embedding, embeddingSource, type Embedding } from '@polysem/core/embedding';
import { measureStream, streamNeighbours, summariseMatrix } from '@polysem/core/streaming';
import { expect, it } from 'vitest';
import { gaussianEmbedding, sum } from './fixtures.ts';

const summaryOf = async (w: Embedding) =>
  summariseMatrix(await measureStream(embeddingSource(w)), null, 1);

const times = (w: Embedding, factor: number): Embedding =>
  embedding(
    w.dims,
    w.features,
    w.data.map((x) => factor * x),
  );

it('has a coherence of 0 for orthogonal features, and none where neighbours were not searched', async () => {
  const source = embeddingSource(embedding(2, 2, Float64Array.of(1, 0, 0, 1)));
  const measured = await measureStream(source);
  const found = summariseMatrix(measured, await streamNeighbours(source), 1);
  expect([found.coherence, found.coherentPair]).toEqual([0, [0, 1]]);
  const without = summariseMatrix(measured, null, 1);
  expect([without.coherence, without.coherentPair]).toEqual([null, null]);
});

it('has the figures of the matrix as a whole', async () => {
  const w = gaussianEmbedding(5, 60, 4);
  w.data.fill(0, 5 * 7, 5 * 9);
  const source = embeddingSource(w);
  const measured = await measureStream(source);
  const neighbours = await streamNeighbours(source);
  const found = summariseMatrix(measured, neighbours, 1);
  const known = measureCapacity(w);
  const total = sum(known.capacity);
  expect(found).toMatchObject({
    features: 60,
    dims: 5,
    rank: 5,
    rankInDoubt: false,
    zeroFeatures: 2,
    unresolvedFeatures: 0,
    // The two zero vectors have no direction.
    welchBound: welchBound(58, 5),
    gaussianBaseline: gaussianBaseline(5, 60),
    treatment: { centred: false, normalised: false },
    outOfRange: null,
  });
  expect(found.capacity.total).toBeCloseTo(total, 9);
  expect(found.capacity.min).toBe(0);
  expect(found.leverage.total).toBeCloseTo(5, 9);
  expect(found.interference.total / summarise(known.interference).total).toBeCloseTo(1, 9);
  expect(found.participation.max).toBeLessThanOrEqual(5 + 1e-9);
  expect(found.efficiency).toBeCloseTo(total / 5, 9);
  const entropy = (shares: readonly number[]): number =>
    -sum(shares.map((p) => (p > 0 ? p * Math.log(p) : 0)));
  const singular = Array.from(known.singularValues);
  const squares = singular.map((s) => s * s);
  expect(found.effectiveRank).toBeCloseTo(
    Math.exp(entropy(singular.map((s) => s / sum(singular)))),
    9,
  );
  expect(found.participationRatio).toBeCloseTo(
    sum(squares) ** 2 / sum(squares.map((s) => s * s)),
    9,
  );
  expect(found.coherence).toBeCloseTo(mutualCoherence(w).coherence, 6);
  expect(found.coherentPair).toHaveLength(2);
});

it('has intervals that hold their figures, the same for the same seed', async () => {
  const w = gaussianEmbedding(6, 80, 9);
  const found = await summaryOf(w);
  const { meanInterval, medianInterval, efficiencyInterval, capacity, efficiency } = found;
  for (const [[low, high], figure] of [
    [meanInterval, capacity.mean],
    [medianInterval, capacity.median],
    [efficiencyInterval, efficiency],
  ] as const) {
    expect(low).toBeLessThanOrEqual(figure);
    expect(high).toBeGreaterThanOrEqual(figure);
    expect(low).toBeLessThan(high);
  }
  // The efficiency is the mean times N / rank, and so are the ends of its interval.
  expect(efficiencyInterval[0]).toBeCloseTo((meanInterval[0] * 80) / 6, 12);
  expect(efficiencyInterval[1]).toBeCloseTo(Math.min(1, (meanInterval[1] * 80) / 6), 12);
  expect(await summaryOf(w)).toEqual(found);
  const other = summariseMatrix(await measureStream(embeddingSource(w)), null, 2);
  expect(other.meanInterval).not.toEqual(meanInterval);
  expect([found.coherence, found.coherentPair]).toEqual([null, null]);
});

it('limits efficiencies to 1', async () => {
  // Three features with a dimension of their own and an antipodal pair: resamples sum to more than the rank, 4.
  const w = embedding(4, 5);
  for (let i = 0; i < 4; i++) w.data[5 * i] = 1;
  w.data[4 * 4 + 3] = -1;
  const { efficiency, efficiencyInterval, meanInterval } = await summaryOf(w);
  expect(efficiency).toBeCloseTo(1, 12);
  expect((meanInterval[1] * 5) / 4).toBeGreaterThan(1.1);
  expect(efficiencyInterval[1]).toBe(1);
});

it('has efficiency 0 for a matrix of zeros', async () => {
  const { rank, efficiency, efficiencyInterval, zeroFeatures } = await summaryOf(embedding(2, 3));
  expect([rank, efficiency, efficiencyInterval, zeroFeatures]).toEqual([0, 0, [0, 0], 3]);
});

it('says where squares leave the range of float64, though capacities do not', async () => {
  const w = gaussianEmbedding(4, 30, 5);
  const [known, large, small] = [
    await summaryOf(w),
    await summaryOf(times(w, 1e200)),
    await summaryOf(times(w, 1e-200)),
  ];
  expect(known.outOfRange).toBeNull();
  expect(large.outOfRange).toMatch(/^out of range: squares .* exceed 1\.8e308/);
  expect(small.outOfRange).toMatch(/^out of range: squares of entries are below 5e-324/);
  for (const scaled of [large, small]) {
    expect(scaled.capacity.total).toBeCloseTo(known.capacity.total, 9);
    // Vectors whose squares underflow are not zero vectors.
    expect(scaled.zeroFeatures).toBe(0);
  }
  // Norms near 1e308 are finite, but interferences are about N / D times as large.
  const edge = times(w, 2e153);
  const { squaredNorm } = await measureStream(embeddingSource(edge));
  expect(squaredNorm.every(Number.isFinite)).toBe(true);
  expect((await summaryOf(edge)).outOfRange).toMatch(/exceed 1\.8e308/);
});
