import { expect, it } from 'vitest';
import { compareFeatures } from '../src/compare/compare-features.ts';
import { embeddingFromVectors } from '../src/embedding/embedding.ts';
import { embeddingSource } from '../src/embedding/feature-source.ts';

const sourceOf = (vectors: number[][]) => embeddingSource(embeddingFromVectors(vectors));

it.each([
  ['fixed', 2, (1 + 0.6 + 0.8 - 0.96) / 4, 0.7],
  ['free', 3, (1 + 0.6 + 0.8 + 0.96) / 4, 0.88],
] as const)(
  'counts pairs above the threshold, as shares of the features of either side: %s signs',
  async (signs, shared, meanCosine, medianCosine) => {
    // Cosines of 1, 0.6, 0.8 and -0.96, besides a feature of A without a name in B, and a zero vector.
    const a = sourceOf([
      [1, 0],
      [2, 0],
      [0, 5],
      [3, 0],
      [1, 1],
      [7, 0],
    ]);
    const b = sourceOf([
      [-24, 7],
      [3, 4],
      [0, 0],
      [4, 0],
      [3, 4],
    ]);
    const names = [
      ['x', 'y', 'z', 'minus', 'alone', 'nothing'],
      ['minus', 'y', 'nothing', 'x', 'z'],
    ] as const;
    const found = await compareFeatures(a, b, { by: 'names', names, signs, threshold: 0.6 });
    expect(found.similarity).toEqual({
      meanCosine: expect.closeTo(meanCosine, 14) as number,
      medianCosine: expect.closeTo(medianCosine, 14) as number,
      shared,
      shareOfA: shared / 6,
      shareOfB: shared / 5,
    });
    expect([[...found.pairs.a], [...found.pairs.b]]).toEqual([
      [0, 1, 2, 3],
      [3, 1, 4, 0],
    ]);
    expect([[...found.a.unmatched], [...found.b.unmatched]]).toEqual([[4, 5], [2]]);
    expect([found.a.zeroFeatures, found.b.zeroFeatures]).toEqual([0, 1]);
    expect([found.pairing, found.threshold, found.signs]).toEqual(['names', 0.6, signs]);
  },
);
