import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constructEfficient } from '../src/geometry/construct-efficient.ts';
import { efficientEmbedding } from '../src/geometry/efficient-embedding.ts';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { findBlocks } from '../src/geometry/find-blocks.ts';
import { generator, permutation, uniformBetween } from '@polysem/numerics/random';
import { gram } from '../src/embedding/gram.ts';
import { randomOrthogonal } from '../src/geometry/random-tight-frame.ts';
import type { BlockStructure } from '../src/geometry/block-structure.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { connected, partitionText, plantedBlocks, randomCapacities } from './planted-blocks.ts';
import { components, eigenspaces, planted } from './block-cases.ts';

describe('the partition', () => {
  it('is invariant under rotation, permutation, sign flips and scale', () => {
    fc.assert(
      fc.property(
        planted,
        fc.double({ min: -20, max: 20, noNaN: true }),
        ({ seed, noise }, log) => {
          const { noisy } = plantedBlocks(seed, noise);
          const w = noisy.embedding;
          const g = generator(seed + 1);
          const place = permutation(g, w.features);
          const moved = turned(w, randomOrthogonal(g, w.dims), place, 2 ** log);
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

  it('of components refines that of eigenspaces, and capacities sum to dimensions without noise', () => {
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

  it('of a sparse Gram graph is its connected components, even for weak links', () => {
    // Twice each number of features.
    for (let seed = 0; seed < 180; seed++) {
      const g = generator(seed);
      const features = 10 + (seed % 90);
      const dims = 2 + Math.floor(uniformBetween(g, 0, features / 2));
      const capacities = randomCapacities(g, features, dims);
      const w = efficientEmbedding(capacities, capacities, dims);
      const products = gram(w);
      // 1e-9 is far above rounding; random sums of capacities are further from an integer.
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

  it('is the same from pairs with pilots as from all pairs', () => {
    for (let seed = 0; seed < 12; seed++) {
      const noise = [0, 0.01, 0.03][seed % 3];
      const { embedding: w, blocks } = constructEfficient(generator(seed), {
        blocks: [
          { dims: 12, features: 260 },
          { dims: 9, features: 200, gamma: 1.4 },
          { dims: 2, features: 3 },
          { dims: 1, features: 1 },
        ],
        noise,
      });
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

  it('is the same for float32', () => {
    const { embedding: w, blocks } = plantedBlocks(11, 0).exact;
    const found = findBlocks({ ...w, data: Float32Array.from(w.data) });
    expect(components(found)).toBe(partitionText(blocks));
  });

  it('depends on a leakage of 1e-9 in float64, and takes it for rounding in float32', () => {
    // Two pairs whose inner products of 1e-9 are far above 2^-53 and below 2^-24.
    const vectors = [
      [1, 0, 0],
      [-0.8, 1e-9, 0],
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
    ];
    const w = embeddingFromVectors(vectors);
    expect(components(findBlocks(w))).toBe('0,1,2,3 | 4');
    const rounded = { ...w, data: Float32Array.from(w.data) };
    expect(components(findBlocks(rounded))).toBe('0,1 | 2,3 | 4');
  });

  it('treats inner products that the noise option explains as zero', () => {
    // Two pairs with a leakage of 1e-3: one block without noise, two with noise of 1 %.
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
  it('rejects options out of range and numbers that are not finite', () => {
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
