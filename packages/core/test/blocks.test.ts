import { describe, expect, it } from 'vitest';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { embeddingFromVectors } from '../src/embedding/embedding.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { generator, studentT } from '@polysem/numerics/random';
import { gram } from '../src/embedding/gram.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { randomTightFrame } from '../src/geometry/random-tight-frame.ts';
import { gaussianEmbedding } from './fixtures.ts';
import { partitionText, plantedBlocks, unidentifiable } from './planted-blocks.ts';
import { components, eigenspaces } from './block-cases.ts';

describe('the examples of figure 6', () => {
  it('include a triangle: one tight block, capacities 2/3', () => {
    const h = Math.sqrt(3) / 2;
    const w = embeddingFromVectors([
      [1, 0],
      [-0.5, h],
      [-0.5, -h],
    ]);
    const { verdict, components: blocks, full, ignored } = findBlocks(w);
    expect(verdict).toBe('none');
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toMatchObject({ features: [0, 1, 2], dims: 2 });
    expect(blocks[0].capacity).toBeCloseTo(2, 12);
    expect(blocks[0].gamma).toBeCloseTo(1.5, 12);
    expect(blocks[0].tightness).toBeLessThan(1e-12);
    for (const c of measureCapacity(w).capacity) expect(c).toBeCloseTo(2 / 3, 12);
    expect([full, ignored]).toEqual([[], []]);
  });

  it('include a long vector orthogonal to an antipodal pair: capacities 1, 1/2, 1/2', () => {
    const w = embeddingFromVectors([
      [2, 0],
      [0, 1],
      [0, -1],
    ]);
    const found = findBlocks(w);
    expect(found.verdict).toBe('blocks');
    expect(components(found)).toBe('0 | 1,2');
    expect(eigenspaces(found)).toBe('0 | 1,2');
    expect(found.full).toEqual([0]);
    const { capacity } = measureCapacity(w);
    [1, 0.5, 0.5].forEach((c, i) => expect(capacity[i]).toBeCloseTo(c, 12));
    expect(found.components.map(({ gamma, dims }) => [gamma, dims])).toEqual([
      [4, 1],
      [expect.closeTo(2, 12), 1],
    ]);
  });

  it('include a vector orthogonal to an unequal antipodal pair: capacities 1, .1, .9, one eigenspace of two components', () => {
    const w = embeddingFromVectors([
      [1, 0],
      [0, Math.sqrt(0.1)],
      [0, -Math.sqrt(0.9)],
    ]);
    const found = findBlocks(w);
    expect(components(found)).toBe('0 | 1,2');
    expect(eigenspaces(found)).toBe('0,1,2');
    expect(found.eigenspaces[0].dims).toBe(2);
    const { capacity } = measureCapacity(w);
    [1, 0.1, 0.9].forEach((c, i) => expect(capacity[i]).toBeCloseTo(c, 12));
  });

  it('include an acute pair at 30 degrees: one block that is not tight, capacities 4/7', () => {
    const w = embeddingFromVectors([
      [1, 0],
      [Math.cos(Math.PI / 6), 0.5],
    ]);
    const found = findBlocks(w);
    expect(components(found)).toBe('0,1');
    expect(found.components[0].capacity).toBeCloseTo(8 / 7, 12);
    // Eigenvalues 1 +- cos 30.
    expect(found.components[0].tightness).toBeCloseTo(Math.sqrt(3), 12);
  });
});

describe('planted blocks', () => {
  // Least number of the 75 constructions that must be recovered exactly, if they are identifiable.
  it.each([
    [0, 1],
    [0.01, 1],
    [0.03, 0.98],
    [0.05, 0.9],
  ])('are found in noise of %d of the mean norm, at least a share of %d', (noise, share) => {
    let right = 0;
    let asked = 0;
    for (let seed = 0; seed < 75; seed++) {
      const planted = plantedBlocks(seed, noise);
      if (unidentifiable(planted) !== undefined) continue;
      asked++;
      const found = findBlocks(planted.noisy.embedding);
      if (components(found) === partitionText(planted.noisy.blocks)) right++;
    }
    expect(asked).toBeGreaterThan(40);
    expect(right / asked).toBeGreaterThanOrEqual(share);
  });

  it('have the measurements of their construction', () => {
    const { embedding: w, blocks } = constructEfficient(generator(4), {
      blocks: [
        { dims: 3, features: 8, gamma: 2 },
        { dims: 2, capacities: [0.5, 0.5, 0.25, 0.75] },
        { dims: 1, features: 1, gamma: 3 },
      ],
      ignored: 2,
    });
    const found = findBlocks(w);
    expect(components(found)).toBe(partitionText(blocks));
    for (const [k, block] of blocks.entries()) {
      const got = found.components.find(({ features }) => features[0] === block[0])!;
      expect(got.dims).toBe([3, 2, 1][k]);
      expect(got.capacity).toBeCloseTo(got.dims, 10);
      expect(got.gamma).toBeCloseTo([2, 1, 3][k], 10);
      expect(got.tightness).toBeLessThan(1e-10);
      expect(got.leakage).toBeLessThan(1e-12);
    }
    expect(found.full).toEqual(blocks[2]);
    expect(found.ignored).toHaveLength(2);
  });

  it('have the leakage of their definition in noise', () => {
    const { embedding: w } = constructEfficient(generator(6), {
      blocks: [
        { dims: 4, features: 12 },
        { dims: 3, features: 9 },
      ],
      noise: 0.03,
    });
    const g = gram(w);
    const square = (i: number, j: number): number => g[i * w.features + j] ** 2;
    const everything = Array.from({ length: w.features }, (_, i) => i);
    const squares = (among: readonly number[], others: readonly number[]): number =>
      among.reduce((sum, i) => others.reduce((s, j) => s + square(i, j), sum), 0);
    const { components: found } = findBlocks(w);
    expect(found).toHaveLength(2);
    for (const { features, leakage } of found) {
      const expected = 1 - squares(features, features) / squares(features, everything);
      expect(expected).toBeGreaterThan(1e-4);
      expect(leakage).toBeCloseTo(expected, 12);
    }
  });

  it('keep short members that only all pairs together distinguish from noise', () => {
    let right = 0;
    for (let seed = 0; seed < 40; seed++) {
      // Their length is about 8 standard deviations of noise; none of their links, 4 or 5, is significant among 3,000 pairs.
      const short = 7e-4;
      const rest = (8 - short) / 39;
      const capacities = [short, ...Array.from({ length: 39 }, () => rest)];
      const { embedding: w, blocks } = constructEfficient(generator(seed), {
        blocks: [
          { dims: 8, capacities },
          { dims: 8, features: 40 },
        ],
        noise: 0.03,
      });
      if (components(findBlocks(w)) === partitionText(blocks)) right++;
    }
    expect(right).toBeGreaterThanOrEqual(36);
  });

  it('are found in noise with heavy tails', () => {
    for (let seed = 0; seed < 20; seed++) {
      const g = generator(seed);
      const { embedding: w, blocks } = constructEfficient(g, {
        blocks: [
          { dims: 6, features: 20 },
          { dims: 5, features: 18, gamma: 2 },
        ],
      });
      // No fourth moment: the largest of a thousand entries are about twenty times the median.
      for (let j = 0; j < w.data.length; j++) w.data[j] += 1e-3 * studentT(g, 3);
      expect(components(findBlocks(w))).toBe(partitionText(blocks));
    }
  });

  it('are reported with noise level and threshold', () => {
    const { embedding: w, blocks } = constructEfficient(generator(2), {
      blocks: [
        { dims: 6, features: 20 },
        { dims: 5, features: 15 },
      ],
      ignored: 3,
      noise: 0.03,
    });
    const found = findBlocks(w);
    expect(components(found)).toBe(partitionText(blocks));
    expect(found.ignored).toHaveLength(3);
    // At least 300 similarities: their root mean square is accurate to about 10 %.
    expect(found.noise).toBeGreaterThan(0.03 * 0.8);
    expect(found.noise).toBeLessThan(0.03 * 1.2);
    const { level, threshold, chanceOfNoise, chanceOfIsotropy } = found.evidence;
    expect(threshold).toBeGreaterThan(level.from);
    expect(threshold).toBeLessThan(level.to!);
    expect(Math.max(chanceOfNoise, chanceOfIsotropy)).toBeLessThan(1e-3);
    // Two blocks and three single features; three levels on either side.
    expect(level.groups).toBe(5);
    const groups = found.levels.map((one) => one.groups);
    expect(groups).toEqual(expect.arrayContaining([2, 3, 4, 5, 6, 7, 8]));
    expect(found.levels).toContainEqual(level);
    // Levels with a wide range of thresholds are listed too, however far they are.
    expect(groups.some((count) => count < 2 || count > 8)).toBe(true);
    found.levels.slice(1).forEach(({ from }, k) => {
      expect(from).toBeGreaterThanOrEqual(found.levels[k].to!);
    });
  });

  it('list the features that they leave out in order, zero vectors and noise together', () => {
    const { embedding: w, ignored } = constructEfficient(generator(2), {
      blocks: [
        { dims: 6, features: 20 },
        { dims: 5, features: 15 },
      ],
      ignored: 3,
      noise: 0.03,
    });
    const last = Math.max(...ignored);
    w.data.fill(0, last * w.dims, (last + 1) * w.dims);
    expect(findBlocks(w).ignored).toEqual([...ignored].toSorted((i, j) => i - j));
  });
});

describe('eigenspaces', () => {
  const two = (gamma: number, noise: number, seed: number) =>
    constructEfficient(generator(seed), {
      blocks: [
        { dims: 4, features: 12 },
        { dims: 5, features: 14, gamma },
      ],
      noise,
    });

  it('join two components of equal gamma, also in noise', () => {
    for (const noise of [0, 0.01, 0.05]) {
      for (let seed = 0; seed < 20; seed++) {
        const { embedding: w, blocks } = two(1, noise, seed);
        const found = findBlocks(w);
        expect(components(found)).toBe(partitionText(blocks));
        expect(eigenspaces(found)).toBe(partitionText([blocks.flat()]));
        expect(found.eigenspaces[0].dims).toBe(9);
        expect(found.eigenspaces[0].features).toEqual(
          Array.from({ length: w.features }, (_, i) => i),
        );
      }
    }
  });

  it('do not join components whose gammas differ enough', () => {
    // Mean eigenvalues have standard deviations of 2 sigma sqrt(gamma / D_k), here at most 0.014; 20 % is 14 of them.
    for (const noise of [0, 0.01, 0.03]) {
      for (let seed = 0; seed < 20; seed++) {
        const { embedding: w, blocks } = two(1.2, noise, seed);
        expect(eigenspaces(findBlocks(w))).toBe(partitionText(blocks));
      }
    }
  });
});

describe('matrices without block structure', () => {
  it('get no blocks: 1,000 Gaussian matrices', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const w = gaussianEmbedding(1 + (seed % 12), 1 + ((7 * seed) % 24), seed);
      expect(findBlocks(w).verdict).toBe('none');
    }
  });

  it('get no blocks: 1,000 random tight frames', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const dims = 1 + (seed % 12);
      const features = Math.max(dims + 1, 1 + ((7 * seed) % 24));
      const found = findBlocks(randomTightFrame(generator(seed), features, dims));
      expect(found.components).toHaveLength(1);
      expect(found.components[0].dims).toBe(dims);
      expect(found.components[0].tightness).toBeLessThan(1e-10);
    }
  });
});
