import { expect, it } from 'vitest';
import { compareFeatures } from '../src/compare/compare-features.ts';
import { largestRandomCosine } from '../src/compare/random-cosines.ts';
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

it.each(['fixed', 'free'] as const)(
  'names the nearest feature of the other side: %s signs',
  async (signs) => {
    // Directions in degrees; a zero vector on either side takes no part.
    const at = (degrees: number): number[] => {
      const angle = (degrees * Math.PI) / 180;
      return [2 * Math.cos(angle), 2 * Math.sin(angle)];
    };
    const a = [0, 100, 130];
    const b = [35, 20, 300, 150];
    const found = await compareFeatures(
      sourceOf([at(a[0]), [0, 0], at(a[1]), at(a[2])]),
      sourceOf([at(b[0]), at(b[1]), [0, 0], at(b[2]), at(b[3])]),
      { signs },
    );
    const size = signs === 'free' ? Math.abs : (x: number): number => x;
    const nearest = (own: readonly number[], others: readonly number[]) =>
      own.map((one) => {
        const cosines = others.map((other) => Math.cos(((one - other) * Math.PI) / 180));
        const most = Math.max(...cosines.map(size));
        const index = cosines.findIndex((x) => size(x) === most);
        return { index, cosine: cosines[index], most };
      });
    for (const [side, own, others, place, otherPlace] of [
      [found.a, a, b, [0, 2, 3], [0, 1, 3, 4]],
      [found.b, b, a, [0, 1, 3, 4], [0, 2, 3]],
    ] as const) {
      const expected = nearest(own, others);
      expected.forEach(({ index, cosine }, k) => {
        expect(side.nearest?.index[place[k]]).toBe(otherPlace[index]);
        expect(side.nearest?.cosine[place[k]]).toBeCloseTo(cosine, 12);
      });
      const zero = own === a ? 1 : 2;
      expect([side.nearest?.index[zero], side.nearest?.cosine[zero]]).toEqual([-1, 0]);
      const mean = expected.reduce((total, { most }) => total + most, 0) / expected.length;
      expect(side.meanLargest?.value).toBeCloseTo(mean, 12);
      expect(side.meanLargest?.chance).toBeCloseTo(
        largestRandomCosine(2, others.length, signs),
        12,
      );
    }
  },
);

it('counts cosines above 0.7 where no threshold is given', async () => {
  const a = sourceOf([
    [1, 0],
    [1, 0],
  ]);
  const b = sourceOf([
    [0.71, Math.sqrt(1 - 0.71 ** 2)],
    [0.69, Math.sqrt(1 - 0.69 ** 2)],
  ]);
  const found = await compareFeatures(a, b, { by: 'order' });
  expect([found.threshold, found.similarity?.shared]).toEqual([0.7, 1]);
});
