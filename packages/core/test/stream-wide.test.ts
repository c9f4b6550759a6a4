/* oxlint-disable no-await-in-loop -- one measurement at a time */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';
import { generator, uniform } from '@polysem/numerics/random';
import { inlineWorker } from '../src/streaming/workers.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import { spectralMeasures } from '../src/geometry/spectral-measure.ts';
import type { SpectrumState } from '../src/streaming/frame-state.ts';
import { measureWide } from '../src/streaming/measure-wide.ts';
import { transposed } from '../src/streaming/transposed.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { manyWorkers } from './many-workers.ts';
import { inFloat32, planted } from './stream-cases.ts';

const DIMS = 300;
const FEATURES = 70;

const wide = (w: Embedding, options = {}, workers = inlineWorker()) =>
  measureWide(embeddingSource(w, 'W'), options, workers);

/**
 * Few features of many dimensions with planted singular values: the transpose of a matrix of many
 * features.
 */
function plantedWide(condition: number, seed: number): Embedding {
  const tall = planted({ dims: FEATURES, features: DIMS, seed, condition });
  const data = new Float64Array(DIMS * FEATURES);
  for (let d = 0; d < DIMS; d++) {
    for (let i = 0; i < FEATURES; i++) data[i * DIMS + d] = tall.data[d * FEATURES + i];
  }
  return embedding(DIMS, FEATURES, data);
}

/** Largest relative difference; where the expected value is 0, the absolute one. */
function worst(found: Float64Array, expected: Float64Array): number {
  let most = 0;
  found.forEach((value, i) => {
    const error = expected[i] === 0 ? Math.abs(value) : Math.abs(value / expected[i] - 1);
    most = Math.max(most, error);
  });
  return most;
}

/** Replaces a vector by a combination of two others. */
function mix(w: Embedding, to: number, a: number, b: number, share: number): void {
  for (let d = 0; d < w.dims; d++) {
    w.data[to * w.dims + d] = share * w.data[a * w.dims + d] + (1 - share) * w.data[b * w.dims + d];
  }
}

async function agrees(w: Embedding, bound: number): Promise<void> {
  const expected = measureCapacity(w);
  const found = await wide(w);
  expect([found.rank, found.unresolved]).toEqual([expected.rank, expected.unresolved]);
  for (const name of [
    'capacity',
    'leverage',
    'interference',
    'squaredNorm',
    'singularValues',
  ] as const)
    expect(worst(found[name], expected[name]), name).toBeLessThan(bound);
  const { capacity, leverage } = found.relativeError;
  // Each is within its own estimate of the error; the deflation of the reference limits it to
  // 2^-26.
  expect(worst(found.capacity, expected.capacity)).toBeLessThan(4 * capacity.largest + 2 ** -26);
  // Independent features have leverage exactly 1; only the reference is rounded.
  if (found.rank === FEATURES) expect(found.leverage).toEqual(new Float64Array(FEATURES).fill(1));
  else
    expect(worst(found.leverage, expected.leverage)).toBeLessThan(4 * leverage.largest + 2 ** -26);
}

describe('measureWide, for fewer features than dimensions,', () => {
  it.each([
    // The same bounds as for other matrices: 1e-5, and 1e-3 from condition 1e6 on.
    ['float64', 1, 1e-5],
    ['float64', 1e3, 1e-5],
    ['float64', 1e6, 1e-3],
    ['float64', 1e10, 1e-3],
    ['float32', 1, 1e-5],
    ['float32', 1e3, 1e-5],
    ['float32', 1e5, 1e-3],
  ])('agrees with measureCapacity: %s data of condition %d', async (type, condition, bound) => {
    const exact = plantedWide(condition, 1);
    await agrees(type === 'float32' ? inFloat32(exact) : exact, bound);
  });

  it.each(['float64', 'float32'])(
    'handles zero, equal, opposite, short and dependent features: %s',
    async (type) => {
      const exact = gaussianEmbedding(DIMS, FEATURES, 2);
      const row = (i: number) => exact.data.subarray(i * DIMS, (i + 1) * DIMS);
      row(3).fill(0);
      row(20).set(row(10));
      row(21).set(row(10).map((x) => -x));
      mix(exact, 30, 11, 12, 0.25);
      mix(exact, 31, 13, 14, 0.5);
      // Short vectors, one alone and one parallel to another; rounding to float32 changes them far
      // less.
      row(40).set(row(41).map((x) => x * 2 ** -10));
      row(42).forEach((x, d) => (row(42)[d] = x * 2 ** -12));
      const w = type === 'float32' ? inFloat32(exact) : exact;
      await agrees(w, 1e-5);
      const found = await wide(w);
      // One zero vector, two copies, two combinations, one multiple. In float32, rounding makes the
      // combinations independent by 1e-8.
      expect(found.rank).toBe(FEATURES - 6);
      expect(found.capacity[3] + found.leverage[3] + found.participation[3]).toBe(0);
      expect(found.capacity[20]).toBe(found.capacity[10]);
      expect(Math.abs(found.leverage[10] - 1 / 3)).toBeLessThan(1e-9);
    },
  );

  it('gives the participation of spectralMeasures, and capacities of at most the leverages', async () => {
    const w = gaussianEmbedding(DIMS, FEATURES, 3);
    const { localisation } = spectralMeasures(w, { spread: 0, weights: false });
    const found = await wide(w);
    // Eigenvalues of a Gaussian matrix are about 1 / N of the largest apart, so eigenvectors are
    // accurate to N 2^-50.
    expect(
      worst(
        found.participation.map((x) => 1 / x),
        localisation,
      ),
    ).toBeLessThan(1e-9);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 20 }),
        fc.nat(),
        async (features, more, seed) => {
          const v = gaussianEmbedding(features + more, features, seed);
          const { capacity, leverage, rank } = await wide(v);
          capacity.forEach((c, i) => expect(c).toBeLessThanOrEqual(leverage[i]));
          expect(sum(leverage)).toBeCloseTo(rank, 9);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([1e-30, 1e30, 1e-200, 1e200])('does not depend on the scale %d', async (scale) => {
    const unit = gaussianEmbedding(DIMS, FEATURES, 4);
    const w = embedding(
      DIMS,
      FEATURES,
      unit.data.map((x) => x * scale),
    );
    const [found, expected] = [await wide(w), measureCapacity(unit)];
    expect(found.rank).toBe(FEATURES);
    expect(worst(found.capacity, expected.capacity)).toBeLessThan(1e-9);
    expect(worst(found.leverage, expected.leverage)).toBeLessThan(1e-9);
    const sized = (list: Float64Array): Float64Array => list.map((x) => x * scale);
    expect(worst(found.singularValues, sized(expected.singularValues))).toBeLessThan(1e-9);
    // Relative errors are ratios, so they have no unit.
    const { relativeError, participation } = await wide(unit);
    expect(worst(found.participation, participation)).toBeLessThan(1e-9);
    for (const name of ['capacity', 'leverage'] as const)
      for (const part of ['typical', 'largest'] as const)
        expect(found.relativeError[name][part] / relativeError[name][part]).toBeCloseTo(1, 9);
    if (scale < 1e-100 || scale > 1e100) return;
    const squared = (list: Float64Array): Float64Array => sized(sized(list));
    expect(worst(found.squaredNorm, squared(expected.squaredNorm))).toBeLessThan(1e-9);
    expect(worst(found.interference, squared(expected.interference))).toBeLessThan(1e-9);
  });

  it('gives the same bytes for any number of workers, and after an interruption', async () => {
    const g = generator(5);
    for (const w of [inFloat32(plantedWide(10, 6)), plantedWide(1e7, 7)]) {
      const expected = await wide(w);
      for (const threads of [1, 2, 5])
        expect(
          await wide(
            w,
            {},
            manyWorkers(threads, () => uniform(g)),
          ),
        ).toEqual(expected);
    }
    // Three chunks: 2 MiB hold 13,107 rows.
    const long = gaussianEmbedding(30_000, 20, 8);
    const source = embeddingSource(long, 'W');
    const states: SpectrumState[] = [];
    const options = { isStateDue: () => true, onState: (s: SpectrumState) => states.push(s) };
    expect(await measureWide(source, options, inlineWorker())).toEqual(await wide(long));
    expect(states.map(({ frame }) => frame.features)).toEqual([13_056, 26_112]);
    for (const begun of states) expect(await wide(long, { begun })).toEqual(await wide(long));
  });

  it('counts features with less than half of their squared length in the span as unresolved', async () => {
    for (const [inside, outside, unresolved] of [
      [0.6, 0.8, 1],
      [0.8, 0.6, 0],
    ]) {
      // The part outside is below 2^-18, the tolerance of float32.
      const data = Float32Array.of(1, 0, 0, 1e-6 * inside, 1e-6 * outside, 0);
      const found = await wide(embedding(3, 2, data));
      expect([found.rank, found.unresolved]).toEqual([1, unresolved]);
    }
  });

  it('claims an error of leverages that holds for two copies of a feature, which share a dimension', async () => {
    const w = plantedWide(1e3, 11);
    w.data.copyWithin(0, DIMS, 2 * DIMS);
    const found = await wide(w);
    expect(found.rank).toBe(FEATURES - 1);
    // Independent features have leverage 1, and the copies a half each.
    const errors = Array.from(found.leverage, (leverage, i) =>
      Math.abs(leverage / (i < 2 ? 0.5 : 1) - 1),
    );
    expect(Math.max(...errors)).toBeLessThan(found.relativeError.leverage.largest);
    expect(found.relativeError.leverage.largest).toBeLessThan(1e-5);
  });

  it('is what measureStream uses for a large matrix of this kind', async () => {
    // Just above 2^20 numbers.
    const w = inFloat32(gaussianEmbedding(10_600, 100, 9));
    const stages = new Set<string>();
    const onProgress = ({ stage }: { stage: string }) => stages.add(stage);
    const found = await measureStream(embeddingSource(w, 'W'), { onProgress });
    const expected = measureCapacity(w);
    expect([...stages]).toEqual(['frame', 'spectrum']);
    expect(worst(found.capacity, expected.capacity)).toBeLessThan(1e-9);
    expect(found.leverage).toEqual(new Float64Array(100).fill(1));
    const both = await measureStream(embeddingSource(w, 'W'), { centre: true, normalise: true });
    expect([both.rank, both.treatment.centred]).toEqual([99, true]);
    const zeros = embedding(10_600, 100, new Float32Array(w.data.length));
    const nothing = await measureStream(embeddingSource(zeros, 'W'));
    expect([nothing.rank, sum(nothing.capacity), nothing.unresolved]).toEqual([0, 0, 0]);
    w.data[77 * 10_600 + 3] = NaN;
    await expect(measureStream(embeddingSource(w, 'W'))).rejects.toThrow(
      'W: feature 77 has NaN in dimension 3',
    );
  });
});

describe('the transposed source', () => {
  it('gives the rows of W for any reads and any size of its cache', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 }),
        async (dims, features, bytes, reads) => {
          const w = gaussianEmbedding(dims, features, 10);
          let read = 0;
          const source = embeddingSource(w, 'W');
          const counted = {
            ...source,
            read: (first: number, count: number) => {
              read += count;
              return source.read(first, count);
            },
          };
          const rows = transposed(counted, {}, bytes);
          expect([rows.dims, rows.features]).toEqual([features, dims]);
          for (const [a, b] of reads) {
            const first = a % dims;
            const count = 1 + (b % (dims - first));
            const block = await rows.read(first, count);
            block.forEach((x, at) => {
              const [d, i] = [first + Math.floor(at / features), at % features];
              expect(x).toBe(w.data[i * dims + d]);
            });
          }
          // A pass from start to end reads the source once per panel.
          read = 0;
          const again = transposed(counted, {}, bytes);
          for (let d = 0; d < dims; d++) await again.read(d, 1);
          const width = Math.max(1, Math.min(dims, Math.floor(bytes / 8 / features)));
          expect(read).toBe(features * Math.ceil(dims / width));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has as many features as W has dimensions', async () => {
    const rows = transposed(embeddingSource(gaussianEmbedding(3, 5, 1), 'W'), {}, 1000);
    await expect(rows.read(2, 2)).rejects.toThrow('W: no 2 features from 2 on, it has 3');
    await expect(rows.read(-1, 1)).rejects.toThrow('W: no 1 features from -1 on, it has 3');
  });
});
