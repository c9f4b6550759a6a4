/* oxlint-disable no-await-in-loop -- one source at a time */
import { describe, expect, it } from 'vitest';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import { densityOfEntries } from '../src/streaming/baselines/density-of-entries.ts';
import { crossNeighbours } from '../src/streaming/cross-neighbours.ts';
import { groupSpectra } from '../src/streaming/geometry/group-spectra.ts';
import {
  fitsTogether,
  forEachGroup,
  selectedVectors,
} from '../src/streaming/geometry/selected-features.ts';
import { spectralKernel } from '../src/streaming/geometry/spectral-kernel.ts';
import { streamGeometry } from '../src/streaming/geometry/stream-geometry.ts';
import { measureStream } from '../src/streaming/measure-stream.ts';
import { streamNeighbours } from '../src/streaming/stream-neighbours.ts';
import { transposed } from '../src/streaming/transposed.ts';
import { inlineWorker } from '../src/streaming/workers.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { steps, watched } from './stream-recorders.ts';

describe('groups of features', () => {
  it('are read as a whole if the smaller of S and the Gram matrix takes few multiply-adds', async () => {
    const readsOf = async (dims: number, features: number): Promise<number> => {
      const { source, reads } = watched(steps(dims, features + 1));
      const group = Array.from({ length: features }, (_, i) => i);
      await groupSpectra(source, [group], inlineWorker(), {}, () => {});
      return reads.length;
    };
    // S takes 6000 8^2 multiply-adds, and a 6000 x 6000 Gram matrix more than 2^28.
    expect(await readsOf(8, 6000)).toBe(1);
    expect(await readsOf(6000, 8)).toBe(1);
  });
});

it('selected features are read in parts no longer than a chunk, along short gaps', async () => {
  // A chunk of 2 MiB holds four features.
  const { source, reads } = watched(steps(2 ** 16, 200));
  const wanted = [0, 1, 2, 3, 4, 5, 8, 12, 16, 90, 154, 155];
  const found = await selectedVectors(source, wanted);
  expect(reads).toEqual([
    { first: 0, count: 4 },
    { first: 4, count: 2 },
    { first: 8, count: 1 },
    { first: 12, count: 1 },
    { first: 16, count: 1 },
    { first: 90, count: 1 },
    { first: 154, count: 2 },
  ]);
  wanted.forEach((i, at) => expect(found[at * 2 ** 16 + 5]).toBe(((i + 5) % 7) - 3));
  // Gaps of up to 64 are read rather than skipped.
  const { source: narrow, reads: along } = watched(steps(2, 400));
  await selectedVectors(narrow, [0, 64, 128, 193, 200]);
  expect(along).toEqual([
    { first: 0, count: 129 },
    { first: 193, count: 8 },
  ]);
});

it('groups are read together, up to 2^22 numbers, and used in order with their features in order', async () => {
  const dims = 2 ** 20;
  const { source, reads } = watched({
    ...steps(dims, 9),
    // Feature i is (.., i).
    read: async (first, count) => {
      const numbers = new Float64Array(count * dims);
      for (let f = 0; f < count; f++) numbers[(f + 1) * dims - 1] = first + f;
      return numbers;
    },
  });
  const groups = [[3, 0], [2], [1, 5], [4], [6, 7, 8, 0, 1]];
  const used: [number, number[]][] = [];
  await forEachGroup(source, groups, {}, (group, w) => {
    expect([w.dims, w.data.length]).toEqual([dims, w.features * dims]);
    used.push([group, Array.from({ length: w.features }, (_, i) => w.data[(i + 1) * dims - 1])]);
  });
  expect(used).toEqual(groups.map((group, g) => [g, group]));
  // Chunks of 2 MiB hold no two features. Two groups fit together, and two more; the last is too large for any other.
  expect(reads.map(({ first }) => first)).toEqual([0, 2, 3, 1, 4, 5, 0, 1, 6, 7, 8]);
  expect([fitsTogether(4, dims), fitsTogether(5, dims), fitsTogether(2 ** 22, 1)]).toEqual([
    true,
    false,
    true,
  ]);
});

it('the density of entries is that of 2048 features from 16 parts', async () => {
  const { source, reads } = watched(steps(2, 3000));
  await densityOfEntries(source);
  const firsts = Array.from({ length: 16 }, (_, k) => Math.floor((2872 * k) / 15));
  expect(reads).toEqual(firsts.map((first) => ({ first, count: 128 })));
});

describe('after a signal', () => {
  const reason = new Error('enough');
  /** A source whose read of a number sets the signal: the first is 1, and 0 is before all. */
  const stopping = (source: FeatureSource, at: number) => {
    const signal = { aborted: at === 0, reason };
    const { source: own, reads } = watched(source, (number) => {
      signal.aborted ||= number === at;
    });
    return { source: own, reads, signal };
  };

  it.each<
    [
      string,
      (source: FeatureSource, signal: { aborted: boolean; reason: unknown }) => Promise<unknown>,
    ]
  >([
    ['neighbours', (source, signal) => streamNeighbours(source, { signal, chunkBytes: 80 })],
    [
      'neighbours in another source',
      (source, signal) =>
        crossNeighbours(
          source,
          steps(2, 9),
          { signal, chunkBytes: 80, signs: 'free' },
          inlineWorker(),
        ),
    ],
    [
      'neighbours of another source',
      (source, signal) =>
        crossNeighbours(
          steps(2, 9),
          source,
          { signal, chunkBytes: 80, signs: 'free' },
          inlineWorker(),
        ),
    ],
    ['a transposed source', (source, signal) => transposed(source, { signal }, 80).read(0, 2)],
    ['a measurement', (source, signal) => measureStream(source, { signal })],
    ['a geometry', (source, signal) => streamGeometry(source, { signal })],
  ])('nothing is read for %s', async (_, compute) => {
    for (const at of [0, 1]) {
      const { source, reads, signal } = stopping(steps(2, 40), at);
      await expect(compute(source, signal)).rejects.toBe(reason);
      expect(reads).toHaveLength(at);
    }
  });
});

it('neighbours are searched in chunks of 16 MiB, in at least eight, and of at least one feature', async () => {
  const reason = new Error('enough');
  /** Numbers of features in the first chunk of each source: later ones are not read. */
  const sizesOf = async (dims: number, chunkBytes?: number): Promise<number[]> => {
    const failing = {
      ...steps(dims, 100),
      read: async () => {
        throw reason;
      },
    };
    const [one, two] = [watched({ ...failing, precision: 'float32' }), watched(failing)];
    await expect(streamNeighbours(one.source, { chunkBytes })).rejects.toBe(reason);
    const options = { chunkBytes, signs: 'fixed' } as const;
    await expect(
      crossNeighbours(two.source, steps(dims, 200), options, inlineWorker()),
    ).rejects.toBe(reason);
    return [one.reads[0].count, two.reads[0].count];
  };
  expect(await sizesOf(2 ** 20)).toEqual([4, 2]);
  expect(await sizesOf(2 ** 24)).toEqual([1, 1]);
  expect(await sizesOf(2)).toEqual([13, 13]);
  expect(await sizesOf(4, 4 * 4 * 6)).toEqual([6, 3]);
  expect(await sizesOf(4, 1)).toEqual([1, 1]);
});

it('a geometry with a wrong threshold of neurons is refused before anything is read', async () => {
  const { source, reads } = watched(steps(2, 9));
  await expect(streamGeometry(source, { threshold: 2 })).rejects.toThrow(RangeError);
  expect(reads).toEqual([]);
});

it('the transposed source keeps no more rows in memory than allowed', async () => {
  const w = gaussianEmbedding(40, 30, 1);
  let most = 0;
  const Numbers = Float64Array;
  class Counted extends Numbers {
    constructor(...args: [number]) {
      super(...args);
      most = Math.max(most, this.length);
    }
  }
  const source = embeddingSource(w);
  globalThis.Float64Array = Counted as Float64ArrayConstructor;
  try {
    const rows = transposed(source, {}, 7 * 30 * 8 + 100);
    for (let d = 0; d < 40; d++) expect((await rows.read(d, 1))[3]).toBe(w.data[3 * 40 + d]);
  } finally {
    globalThis.Float64Array = Numbers;
  }
  expect(most).toBe(7 * 30);
});

it('spectral figures are computed from at most 2^19 coordinates at a time', () => {
  const [dims, rank, count] = [2, 2 ** 12, 300];
  const calls: number[] = [];
  const measure = spectralKernel(
    {
      dims,
      rank,
      vectors: new Float64Array(rank * dims),
      eigenvalues: new Float64Array(rank).fill(3),
      eigenspaces: [{ eigenvalue: 3, dims: rank, spread: 0, first: 0 }],
      scale: 1,
    },
    () => ({
      multiply: (chunk, features) => {
        calls.push(features);
        expect(chunk).toHaveLength(features * dims);
        return new Float64Array(features * rank).fill(chunk[0]);
      },
    }),
  );
  const { mean } = measure(new Float64Array(count * dims).fill(2), count);
  expect(calls).toEqual([128, 128, 44]);
  mean.forEach((value) => expect(value).toBeCloseTo(3, 12));
});
