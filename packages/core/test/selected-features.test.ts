import { describe, expect, it } from 'vitest';
import { embedding } from '../src/embedding/embedding.ts';
import { embeddingSource, type FeatureSource } from '../src/embedding/feature-source.ts';
import {
  forEachGroup,
  selectedSource,
  selectedVectors,
} from '../src/streaming/geometry/selected-features.ts';

describe('selected features', () => {
  it('are the requested vectors, read in order and in ranges no longer than a chunk', async () => {
    const features = 900;
    const w = embedding(
      2,
      features,
      Float64Array.from({ length: 2 * features }, (_, j) => j),
    );
    const reads: [number, number][] = [];
    const source: FeatureSource = {
      ...embeddingSource(w),
      read: async (first, count) => {
        reads.push([first, count]);
        return w.data.slice(2 * first, 2 * (first + count));
      },
    };
    const wanted = [3, 4, 60, 400, 401, 899];
    const expected = wanted.flatMap((i) => [2 * i, 2 * i + 1]);
    expect(Array.from(await selectedVectors(source, wanted))).toEqual(expected);
    expect(reads).toEqual([
      [3, 58],
      [400, 2],
      [899, 1],
    ]);
    const part = selectedSource(source, wanted);
    expect(part.features).toBe(6);
    expect(Array.from(await part.read(2, 3))).toEqual(expected.slice(4, 10));
    const groups: number[][] = [];
    await forEachGroup(source, [[401, 3], [60]], {}, (_, { data }) => groups.push([...data]));
    expect(groups).toEqual([
      [802, 803, 6, 7],
      [120, 121],
    ]);
  });

  it('are read along with gaps below 65, in ranges of at most a chunk', async () => {
    const rangesOf = async (dims: number, wanted: readonly number[]): Promise<number[][]> => {
      const reads: number[][] = [];
      await selectedVectors(
        {
          name: 'counted',
          dims,
          features: 200,
          precision: 'float64',
          read: async (first, count) => {
            reads.push([first, count]);
            return new Float64Array(count * dims);
          },
        },
        wanted,
      );
      return reads;
    };
    expect(await rangesOf(1, [0, 64, 129])).toEqual([
      [0, 65],
      [129, 1],
    ]);
    // A chunk of 2 MiB holds four vectors.
    expect(await rangesOf(2 ** 16, [0, 1, 2, 3, 4, 5, 8, 10, 11, 12])).toEqual([
      [0, 4],
      [4, 2],
      [8, 4],
      [12, 1],
    ]);
  });

  it('hold at most 32 MB at a time', async () => {
    // Two vectors of 16 MB, then the third.
    const dims = 2 ** 21;
    const calls: string[] = [];
    const source: FeatureSource = {
      name: 'long',
      dims,
      features: 3,
      precision: 'float64',
      read: async (first, count) => {
        calls.push(`read ${first}`);
        return new Float64Array(count * dims).fill(first);
      },
    };
    await forEachGroup(source, [[0], [2], [1]], {}, (group, w) => {
      calls.push(`use ${group}`);
      expect(w.data[dims - 1]).toBe([0, 2, 1][group]);
    });
    const [one, two] = [calls.indexOf('use 0'), calls.indexOf('use 2')];
    expect(calls.slice(0, one).toSorted()).toEqual(['read 0', 'read 2']);
    expect(calls.slice(one, two)).toEqual(['use 0', 'use 1', 'read 1']);
  });
});
