import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constructEfficient,
  efficientEmbedding,
  embedding,
  embeddingFromVectors,
  findBlocks,
  generator,
  gram,
  measureCapacity,
  permutation,
  randomOrthogonal,
  randomTightFrame,
  studentT,
  uniformBetween,
  type BlockStructure,
  type Embedding,
} from '../src/index.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import {
  connected,
  partitionText,
  plantedBlocks,
  randomCapacities,
  unidentifiable,
} from './planted-blocks.ts';

const components = (structure: BlockStructure): string =>
  partitionText(structure.components.map(({ features }) => features));
const eigenspaces = (structure: BlockStructure): string =>
  partitionText(structure.eigenspaces.map(({ features }) => features));

describe("the paper's examples (Figure 6)", () => {
  it('triangle: one tight block, 2/3 each', () => {
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

  it('long orthogonal vector and antipodal pair: capacities 1, 1/2, 1/2', () => {
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

  it('orthogonal vector and unequal antipodal pair: 1, .1, .9, one eigenspace of two components', () => {
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

  it('acute pair at 30 degrees: one block that is not tight, 4/7 each', () => {
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
  // How many of 75 constructions must be recovered exactly, of those that are identifiable.
  it.each([
    [0, 1],
    [0.01, 1],
    [0.03, 0.98],
    [0.05, 0.9],
  ])('are found in noise of %d of the mean norm, %d of them at least', (noise, share) => {
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

  it('have the figures they were made with', () => {
    const { embedding: w, blocks } = constructEfficient(
      {
        blocks: [
          { dims: 3, features: 8, gamma: 2 },
          { dims: 2, capacities: [0.5, 0.5, 0.25, 0.75] },
          { dims: 1, features: 1, gamma: 3 },
        ],
        ignored: 2,
      },
      generator(4),
    );
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

  it('keep members so short that only all their pairs together tell them from noise', () => {
    let right = 0;
    for (let seed = 0; seed < 40; seed++) {
      // Some 8 deviations of noise long: no link of theirs, 4 or 5 long, stands out among 3,000 pairs.
      const short = 7e-4;
      const rest = (8 - short) / 39;
      const capacities = [short, ...Array.from({ length: 39 }, () => rest)];
      const { embedding: w, blocks } = constructEfficient(
        {
          blocks: [
            { dims: 8, capacities },
            { dims: 8, features: 40 },
          ],
          noise: 0.03,
        },
        generator(seed),
      );
      if (components(findBlocks(w)) === partitionText(blocks)) right++;
    }
    expect(right).toBeGreaterThanOrEqual(36);
  });

  it('are found in noise with heavy tails too', () => {
    for (let seed = 0; seed < 20; seed++) {
      const g = generator(seed);
      const { embedding: w, blocks } = constructEfficient(
        {
          blocks: [
            { dims: 6, features: 20 },
            { dims: 5, features: 18, gamma: 2 },
          ],
        },
        g,
      );
      // No fourth moment: the largest entries of a thousand are some twenty times the median.
      for (let j = 0; j < w.data.length; j++) w.data[j] += 1e-3 * studentT(g, 3);
      expect(components(findBlocks(w))).toBe(partitionText(blocks));
    }
  });

  it('come with the noise and the threshold they were found at', () => {
    const { embedding: w, blocks } = constructEfficient(
      {
        blocks: [
          { dims: 6, features: 20 },
          { dims: 5, features: 15 },
        ],
        ignored: 3,
        noise: 0.03,
      },
      generator(2),
    );
    const found = findBlocks(w);
    expect(components(found)).toBe(partitionText(blocks));
    expect(found.ignored).toHaveLength(3);
    // 300 similarities and more: their root mean square is known to some 10 %.
    expect(found.noise).toBeGreaterThan(0.03 * 0.8);
    expect(found.noise).toBeLessThan(0.03 * 1.2);
    const { level, threshold, chanceOfNoise, chanceOfIsotropy } = found.evidence;
    expect(threshold).toBeGreaterThan(level.from);
    expect(threshold).toBeLessThan(level.to!);
    expect(Math.max(chanceOfNoise, chanceOfIsotropy)).toBeLessThan(1e-3);
    expect(found.levels).toContainEqual(level);
    found.levels.slice(1).forEach(({ from }, k) => {
      expect(from).toBeGreaterThanOrEqual(found.levels[k].to!);
    });
  });
});

describe('eigenspaces', () => {
  const two = (gamma: number, noise: number, seed: number) =>
    constructEfficient(
      {
        blocks: [
          { dims: 4, features: 12 },
          { dims: 5, features: 14, gamma },
        ],
        noise,
      },
      generator(seed),
    );

  it('are one for two components of equal gamma, also in noise', () => {
    for (const noise of [0, 0.01, 0.05]) {
      for (let seed = 0; seed < 20; seed++) {
        const { embedding: w, blocks } = two(1, noise, seed);
        const found = findBlocks(w);
        expect(components(found)).toBe(partitionText(blocks));
        expect(eigenspaces(found)).toBe(partitionText([blocks.flat()]));
        expect(found.eigenspaces[0].dims).toBe(9);
      }
    }
  });

  it('are two where gammas differ enough', () => {
    // Mean eigenvalues have deviations of 2 sigma sqrt(gamma / D_k), here at most 0.014: 20 % are 14 of them.
    for (const noise of [0, 0.01, 0.03]) {
      for (let seed = 0; seed < 20; seed++) {
        const { embedding: w, blocks } = two(1.2, noise, seed);
        expect(eigenspaces(findBlocks(w))).toBe(partitionText(blocks));
      }
    }
  });
});

describe('matrices without block structure', () => {
  it('are not given any: 1,000 Gaussian ones', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const w = gaussianEmbedding(1 + (seed % 12), 1 + ((7 * seed) % 24), seed);
      expect(findBlocks(w).verdict).toBe('none');
    }
  });

  it('are not given any: 1,000 random tight frames', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const dims = 1 + (seed % 12);
      const features = Math.max(dims + 1, 1 + ((7 * seed) % 24));
      const found = findBlocks(randomTightFrame(features, dims, generator(seed)));
      expect(found.components).toHaveLength(1);
      expect(found.components[0].dims).toBe(dims);
      expect(found.components[0].tightness).toBeLessThan(1e-10);
    }
  });

  it('are told from zero ones', () => {
    const found = findBlocks(embedding(2, 3));
    expect(found).toMatchObject({ verdict: 'none', components: [], ignored: [0, 1, 2] });
    expect(findBlocks(embeddingFromVectors([[3, 4]]))).toMatchObject({
      verdict: 'none',
      components: [{ features: [0], dims: 1 }],
      full: [0],
    });
  });
});

const planted = fc.record({
  seed: fc.nat(1e6),
  noise: fc.constantFrom(0, 0.01),
});

describe('the partition', () => {
  it('does not change when the space is turned, features permuted and flipped, everything scaled', () => {
    fc.assert(
      fc.property(
        planted,
        fc.double({ min: -20, max: 20, noNaN: true }),
        ({ seed, noise }, log) => {
          const { noisy } = plantedBlocks(seed, noise);
          const w = noisy.embedding;
          const g = generator(seed + 1);
          const place = permutation(g, w.features);
          const moved = turned(w, randomOrthogonal(w.dims, g), place, 2 ** log);
          const one = findBlocks(w);
          const other = findBlocks(moved);
          const carried = (blocks: BlockStructure['components']): string =>
            partitionText(blocks.map(({ features }) => features.map((i) => place[i])));
          expect(components(other)).toBe(carried(one.components));
          expect(eigenspaces(other)).toBe(carried(one.eigenspaces));
          expect(other.verdict).toBe(one.verdict);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of components refines that of eigenspaces, and capacities sum to dimensions, without noise', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const found = findBlocks(plantedBlocks(seed, 0).noisy.embedding);
        for (const { features } of found.components) {
          const around = found.eigenspaces.filter((e) => e.features.includes(features[0]));
          expect(around).toHaveLength(1);
          expect(features.every((i) => around[0].features.includes(i))).toBe(true);
        }
        for (const block of [...found.components, ...found.eigenspaces]) {
          expect(Math.abs(block.capacity - block.dims)).toBeLessThan(1e-9);
        }
        expect(sum(found.eigenspaces.map(({ dims }) => dims))).toBe(found.rank);
      }),
      { numRuns: 60 },
    );
  });

  it('of a sparse Gram graph is its connected components, however weak the links beside the many zeros', () => {
    for (let seed = 0; seed < 300; seed++) {
      const g = generator(seed);
      const features = 10 + (seed % 90);
      const dims = 2 + Math.floor(uniformBetween(g, 0, features / 2));
      const capacities = randomCapacities(g, features, dims);
      const w = efficientEmbedding(capacities, capacities, dims);
      const products = gram(w);
      // 1e-9: far above rounding; sums of capacities that come near an integer by chance stay above.
      const linked = (i: number, j: number): boolean =>
        Math.abs(products[i * features + j]) > 1e-9 * Math.sqrt(capacities[i] * capacities[j]);
      const found = findBlocks(w);
      const isIgnored = new Set(found.ignored);
      expect(found.ignored.every((i) => capacities[i] < 1e-12)).toBe(true);
      expect(components(found)).toBe(
        partitionText(connected(features, linked).filter(([i]) => !isIgnored.has(i))),
      );
    }
  });

  it('is the same from some pairs as from all', () => {
    for (let seed = 0; seed < 12; seed++) {
      const noise = [0, 0.01, 0.03][seed % 3];
      const { embedding: w, blocks } = constructEfficient(
        {
          blocks: [
            { dims: 12, features: 260 },
            { dims: 9, features: 200, gamma: 1.4 },
            { dims: 2, features: 3 },
            { dims: 1, features: 1 },
          ],
          noise,
        },
        generator(seed),
      );
      const all = findBlocks(w);
      const some = findBlocks(w, { allPairs: 120, seed });
      expect(components(all)).toBe(partitionText(blocks));
      expect(components(some)).toBe(components(all));
      expect(eigenspaces(some)).toBe(eigenspaces(all));
      some.components.forEach((block, k) => {
        expect(block.dims).toBe(all.components[k].dims);
        expect(block.leakage).toBeCloseTo(all.components[k].leakage, 10);
      });
    }
    const none = gaussianEmbedding(16, 600, 1);
    expect(findBlocks(none, { allPairs: 120 }).verdict).toBe('none');
  });

  it('is the same in float32', () => {
    const { embedding: w, blocks } = plantedBlocks(11, 0).exact;
    const found = findBlocks({ ...w, data: Float32Array.from(w.data) });
    expect(components(found)).toBe(partitionText(blocks));
  });

  it('counts products that a stated noise explains as none', () => {
    // Two pairs that leak by 1e-3: one block to the letter, two with noise of 1 %.
    const w = embeddingFromVectors([
      [1, 0, 0],
      [-0.8, 1e-3, 0],
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
    ]);
    expect(components(findBlocks(w))).toBe('0,1,2,3 | 4');
    expect(components(findBlocks(w, { noise: 0.01 }))).toBe('0,1 | 2,3 | 4');
  });
});

describe('findBlocks', () => {
  it('refuses options out of range and numbers that are not finite', () => {
    const w = embedding(2, 2);
    expect(() => findBlocks(w, { significance: 0 })).toThrow(/significance/);
    expect(() => findBlocks(w, { noise: 1 })).toThrow(/noise/);
    expect(() => findBlocks(embedding(1, 1, Float64Array.of(NaN)))).toThrow(RangeError);
  });
});

/** Q W P with columns scaled by +-scale, signs alternating. */
function turned(w: Embedding, q: Float64Array, place: Uint32Array, scale: number): Embedding {
  const out = embedding(w.dims, w.features);
  for (let i = 0; i < w.features; i++) {
    const sign = i % 2 === 0 ? scale : -scale;
    for (let r = 0; r < w.dims; r++) {
      let x = 0;
      for (let d = 0; d < w.dims; d++) x += q[r * w.dims + d] * w.data[i * w.dims + d];
      out.data[place[i] * w.dims + r] = sign * x;
    }
  }
  return out;
}
