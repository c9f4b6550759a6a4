import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { settle } from '../src/geometry/arrangement.ts';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { generator } from '@polysem/numerics/random';
import { measureCapacity } from '../src/capacity/measure.ts';
import { nearestEfficient } from '../src/geometry/nearest-efficient.ts';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { partitionText, plantedBlocks } from './planted-blocks.ts';
import { acutePair, squaredDistance } from './efficient-cases.ts';

describe('nearestEfficient', () => {
  it('returns an efficient matrix unchanged', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const w = plantedBlocks(seed, 0).exact.embedding;
        const { relativeDistance, embedding: x } = nearestEfficient(w);
        expect(relativeDistance).toBeLessThan(1e-11);
        expect(squaredDistance(w, x)).toBeLessThan(1e-20);
      }),
      { numRuns: 15 },
    );
  });

  it('returns a tight frame as one block, also where it is divided into several', () => {
    const blocks = [
      { dims: 2, features: 5 },
      { dims: 1, features: 3 },
    ];
    for (let seed = 0; seed < 8; seed++) {
      const { embedding: w } = constructEfficient(generator(seed), { blocks });
      const found = nearestEfficient(w);
      expect(found.blocks.map(({ features, dims }) => [features.length, dims])).toEqual([[8, 3]]);
      expect(found.blocks[0].gamma).toBeCloseTo(1, 12);
      const plane = { blocks: [3, 2].map((features) => ({ dims: 1, features })) };
      const flat = nearestEfficient(constructEfficient(generator(seed), plane).embedding);
      expect(flat.blocks.map(({ features, dims }) => [features.length, dims])).toEqual([[5, 2]]);
    }
  });

  it('is efficient and at least as near as one block, |W|^2 - |W|_*^2 / D', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(1e6),
        (dims, more, seed) => {
          const w = gaussianEmbedding(dims, dims + more, seed);
          const { embedding: x, distance, blocks } = nearestEfficient(w);
          const nuclear = sum(leftSingular(w).values);
          const norm2 = sum(w.data.map((value) => value * value));
          expect(distance ** 2).toBeLessThanOrEqual(norm2 - nuclear ** 2 / dims + 1e-10 * norm2);
          expect(distance ** 2).toBeCloseTo(squaredDistance(w, x), 9);
          const measured = measureCapacity(x);
          expect(measured.rank).toBe(dims);
          expect(sum(measured.capacity)).toBeCloseTo(dims, 9);
          expect(sum(blocks.map((block) => block.dims))).toBe(dims);
          expect(nearestEfficient(x).relativeDistance).toBeLessThan(1e-10);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('places features in one or two dimensions that the given structure ignores', () => {
    for (const dims of [1, 2]) {
      const { embedding: w } = constructEfficient(generator(dims), {
        blocks: [{ dims, features: 5 }],
        ignored: 1,
        permute: false,
      });
      const known = findBlocks(w);
      const [block] = known.components;
      const components = [{ ...block, features: [0, 1, 2, 3] }];
      const found = nearestEfficient(w, { ...known, components, ignored: [4, 5] });
      expect(found.relativeDistance).toBeLessThan(1e-12);
      // The last vector is zero.
      expect(found.blocks.map(({ features }) => features)).toEqual([[0, 1, 2, 3, 4]]);
    }
  });

  it('is one block for a large matrix without blocks, where the search would take too long', () => {
    // Features times rank^2 is 216,000, and at most 200,000 are searched. Several blocks would be nearer.
    const w = gaussianEmbedding(60, 60, 1);
    const { distance, blocks } = nearestEfficient(w);
    expect(blocks.map(({ features, dims }) => [features.length, dims])).toEqual([[60, 60]]);
    const nuclear = sum(leftSingular(w).values);
    const norm2 = sum(w.data.map((value) => value * value));
    expect(distance ** 2 / (norm2 - nuclear ** 2 / 60)).toBeCloseTo(1, 9);
  });

  it('is at least as near as the matrix that noise was added to', () => {
    for (let seed = 0; seed < 20; seed++) {
      const noise = [0.01, 0.03, 0.05][seed % 3];
      const description = {
        blocks: [
          { dims: 3, features: 9 },
          { dims: 2, features: 8, gamma: 2 },
          { dims: 1, features: 2, gamma: 3 },
        ],
        noise,
      };
      const noisy = constructEfficient(generator(seed), description).embedding;
      const exact = constructEfficient(generator(seed), { ...description, noise: 0 }).embedding;
      const { distance } = nearestEfficient(noisy);
      expect(distance).toBeLessThanOrEqual(Math.sqrt(squaredDistance(noisy, exact)));
    }
  });

  it.each([
    [3, 4, 4],
    [4, 6, 5],
    [4, 6, 10],
  ])(
    'in %i dimensions is at least as near as one or two of %i features on axes, the others in a block',
    (dims, features, seed) => {
      const w = gaussianEmbedding(dims, features, seed);
      const norm2 = sum(w.data.map((value) => value * value));
      const all = Array.from({ length: features }, (_, i) => i);
      const apart = all.flatMap((i) => [[i], ...all.slice(0, i).map((j) => [j, i])]);
      const gains = apart.map((alone) => {
        const rest = { features: all.filter((i) => !alone.includes(i)), dims: dims - alone.length };
        return settle(w, [rest, ...alone.map((i) => ({ features: [i], dims: 1 }))]).gain;
      });
      const { distance } = nearestEfficient(w);
      expect(distance ** 2).toBeLessThanOrEqual(norm2 - Math.max(...gains) + 1e-9 * norm2);
    },
  );

  it('does not move features or divide blocks of large matrices', () => {
    for (const count of [8, 58]) {
      // Axes of lengths 1, and a pair that is nearer to two axes than to one block.
      const [dims, features] = [count + 2, count + 2];
      const w = embedding(dims, features);
      for (let i = 0; i < count; i++) w.data[i * dims + i] = 1;
      w.data.set([1, 0.1], count * dims + count);
      w.data.set([0.1, 10], (count + 1) * dims + count);
      const blocks = [
        { features: Array.from({ length: count }, (_, i) => i), dims: count },
        { features: [count, count + 1], dims: 2 },
      ];
      const rest = { capacity: 1, gamma: 1, tightness: 0, leakage: 0 };
      const components = blocks.map((block) => ({ ...block, ...rest }));
      const none = findBlocks(acutePair());
      const known = { ...none, dims, features, verdict: 'blocks' as const };
      const found = nearestEfficient(w, { ...known, components, eigenspaces: components });
      const own = found.blocks.find((block) => block.features.includes(count));
      // Features x rank^2, summed over blocks, times all features: at most 1e7.
      expect(own?.features).toEqual(count === 58 ? [count, count + 1] : [count]);
    }
  });

  it('turns the acute pair into a right angle: distance 1 / sqrt 2', () => {
    // Two orthogonal vectors are at best 30 degrees from each vector, so (cos 30)^2 of each square is kept.
    const { distance, relativeDistance } = nearestEfficient(acutePair());
    expect(distance).toBeCloseTo(Math.SQRT1_2, 12);
    expect(relativeDistance).toBeCloseTo(0.5, 12);
  });

  it('moves a feature from the wrong block', () => {
    const { embedding: w, blocks } = constructEfficient(generator(3), {
      blocks: [
        { dims: 2, features: 6 },
        { dims: 2, features: 6, gamma: 2 },
      ],
      noise: 0.02,
    });
    const right = findBlocks(w);
    const [a, b] = right.components;
    const stray = a.features[0];
    const wrong = {
      ...right,
      components: [
        { ...a, features: a.features.slice(1) },
        { ...b, features: [...b.features, stray].toSorted((i, j) => i - j) },
      ],
    };
    const found = nearestEfficient(w, wrong);
    expect(partitionText(found.blocks.map(({ features }) => features))).toBe(partitionText(blocks));
  });

  it('is the global optimum of 2 to 9 features in two dimensions: no other division is nearer', () => {
    for (let seed = 0; seed < 160; seed++) {
      const w = gaussianEmbedding(2, 2 + (seed % 8), seed);
      const { distance, optimum } = nearestEfficient(w);
      expect(optimum).toBe('global');
      expect(distance).toBeCloseTo(nearestInTwoDimensions(w), 7);
    }
  });

  it('divides parallel, orthogonal and almost parallel features as well as all divisions', () => {
    const grids = fc.array(
      fc.tuple(fc.constantFrom(-2, -1, 1e-4, 1, 2), fc.constantFrom(-1, 0, 1e-3, 1)),
      { minLength: 2, maxLength: 7 },
    );
    fc.assert(
      fc.property(grids, (vectors) => {
        const w = embeddingFromVectors(vectors);
        if (measureCapacity(w).rank < 2) return;
        const { distance, embedding: x } = nearestEfficient(w);
        expect(distance).toBeCloseTo(nearestInTwoDimensions(w), 7);
        expect(measureCapacity(x).rank).toBe(2);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same in a plane of any space, for any order and signs of the features', () => {
    for (let seed = 0; seed < 20; seed++) {
      const w = gaussianEmbedding(2, 6, seed);
      const turn = randomOrthogonal(generator(seed), 5);
      const vectors = Array.from({ length: 6 }, (_, i) => {
        const [x, y] = w.data.subarray(2 * i, 2 * i + 2);
        const sign = i % 2 === 0 ? 1 : -1;
        return Array.from({ length: 5 }, (_unused, d) => sign * (x * turn[d] + y * turn[5 + d]));
      });
      const other = nearestEfficient(embeddingFromVectors(vectors.toReversed()));
      expect(other.optimum).toBe('global');
      expect(other.distance).toBeCloseTo(nearestEfficient(w).distance, 9);
    }
  });

  it('is the nearest multiple of a direction in rank 1', () => {
    const w = embeddingFromVectors([
      [3, 4],
      [6, 8],
      [0, 0],
    ]);
    const found = nearestEfficient(w);
    expect(found).toMatchObject({ optimum: 'global', blocks: [{ features: [0, 1], dims: 1 }] });
    expect(found.distance).toBeLessThan(1e-12);
  });

  it('is at least as near as random orthogonal axes in three dimensions, and says that it is local', () => {
    for (let seed = 0; seed < 10; seed++) {
      const w = gaussianEmbedding(3, 5, seed);
      const { distance, optimum } = nearestEfficient(w);
      expect(optimum).toBe('local');
      expect(distance).toBeLessThan(nearestOnRandomAxes(w, seed) * (1 + 1e-9));
    }
  });

  it('divides long and short features into blocks where the structure has one block', () => {
    const w = embeddingFromVectors([
      [1, 0.1],
      [0.1, 10],
    ]);
    expect(findBlocks(w).verdict).toBe('none');
    const { distance, blocks } = nearestEfficient(w);
    // The features turned onto one axis have the scatter matrix of trace 101.02 and determinant 1.1^2.
    expect(distance).toBeCloseTo(Math.sqrt(50.51 - Math.sqrt(50.51 ** 2 - 1.21)), 9);
    expect(blocks.map(({ features }) => [...features])).toEqual([[0], [1]]);
  });

  it('is zero for a zero matrix', () => {
    expect(nearestEfficient(embedding(2, 2))).toMatchObject({ distance: 0, blocks: [] });
  });
});

/**
 * Distance of a matrix of rank 2 in two dimensions from the nearest efficient one of its rank, by trying all divisions.
 *
 * One block leaves |W|^2 - |W|_*^2 / 2. Two blocks along q and its normal leave the part of each feature across its block:
 * after a quarter turn of the second block's features, that is the smallest eigenvalue of the sum of w w^T.
 */
function nearestInTwoDimensions({ features, data }: Embedding): number {
  const sums = (isTurned: (i: number) => boolean) => {
    let [xx, xy, yy] = [0, 0, 0];
    for (let i = 0; i < features; i++) {
      const [x, y] = [data[2 * i], data[2 * i + 1]];
      xx += isTurned(i) ? y * y : x * x;
      xy += isTurned(i) ? -x * y : x * y;
      yy += isTurned(i) ? x * x : y * y;
    }
    return { xx, xy, yy };
  };
  const whole = sums(() => false);
  const determinant = whole.xx * whole.yy - whole.xy ** 2;
  let square = (whole.xx + whole.yy) / 2 - Math.sqrt(Math.max(0, determinant));
  for (let second = 1; second < 2 ** (features - 1); second++) {
    const { xx, xy, yy } = sums((i) => ((second >> i) & 1) === 1);
    square = Math.min(square, (xx + yy) / 2 - Math.hypot((xx - yy) / 2, xy));
  }
  return Math.sqrt(Math.max(0, square));
}

/**
 * Smallest distance of a matrix in three dimensions from the efficient matrices on random axes: each feature on its own
 * nearest axis, or one axis for some features and one block of two dimensions for the rest.
 */
function nearestOnRandomAxes({ features, data }: Embedding, seed: number): number {
  const g = generator(1000 + seed);
  const norm2 = sum(Array.from(data, (x) => x * x));
  let gain = 0;
  for (let trial = 0; trial < 3000; trial++) {
    const q = randomOrthogonal(g, 3);
    const planes: number[][] = [];
    const used = new Set<number>();
    let alone = 0;
    let onAxis = 0;
    for (let i = 0; i < features; i++) {
      const [x, y, z] = [0, 1, 2].map((k) =>
        sum([0, 1, 2].map((d) => q[3 * k + d] * data[3 * i + d])),
      );
      const longest = Math.max(x * x, y * y, z * z);
      alone += longest;
      used.add([x * x, y * y, z * z].indexOf(longest));
      if (x * x > y * y + z * z) onAxis += x * x;
      else planes.push([y, z]);
    }
    const trace = sum(planes.map(([y, z]) => y * y + z * z));
    let squaredDeterminant = 0;
    for (const [a, b] of planes)
      for (const [c, d] of planes) squaredDeterminant += (a * d - b * c) ** 2 / 2;
    // Others have a rank below 3.
    if (used.size === 3) gain = Math.max(gain, alone);
    if (planes.length >= 2 && planes.length < features)
      gain = Math.max(gain, onAxis + trace / 2 + Math.sqrt(squaredDeterminant));
  }
  return Math.sqrt(Math.max(0, norm2 - gain));
}

it('nearestEfficient names itself where a number is not finite', () => {
  const [good, bad] = [1, NaN].map((x) => embedding(1, 2, Float64Array.of(1, x)));
  expect(() => nearestEfficient(bad, findBlocks(good), measureCapacity(good))).toThrow(
    /^nearestEfficient: /,
  );
});
