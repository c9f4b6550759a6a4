import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureCapacity } from '../src/capacity/measure.ts';
import { embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { linking, mostPilots, type LinkTree } from '../src/geometry/linking.ts';
import { linkTree } from '../src/geometry/link-tree.ts';
import { gaussianEmbedding } from './fixtures.ts';

/** s_ij = |w_i . w_j| / sqrt(n_i + n_j), by its definition. */
function similarity({ dims, data }: Embedding, i: number, j: number): number {
  const [a, b] = [i, j].map((k) => data.subarray(k * dims, (k + 1) * dims));
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
    Array.from(x).reduce((s, v, d) => s + v * y[d], 0);
  return Math.abs(dot(a, b)) / Math.sqrt(dot(a, a) + dot(b, b));
}

/** Strengths of a maximum spanning tree, ascending, by Kruskal's algorithm over pairs that `has` admits. */
function kruskal(w: Embedding, has: (i: number, j: number) => boolean): number[] {
  const pairs: { i: number; j: number; s: number }[] = [];
  for (let i = 0; i < w.features; i++)
    for (let j = 0; j < i; j++) if (has(i, j)) pairs.push({ i, j, s: similarity(w, i, j) });
  const group = Array.from({ length: w.features }, (_, i) => i);
  const taken: number[] = [];
  for (const { i, j, s } of pairs.toSorted((x, y) => y.s - x.s)) {
    const [from, to] = [group[i], group[j]];
    if (from === to) continue;
    group.forEach((g, k) => {
      if (g === from) group[k] = to;
    });
    taken.push(s);
  }
  return taken.toReversed();
}

const shape = fc.record({
  dims: fc.integer({ min: 1, max: 6 }),
  features: fc.integer({ min: 1, max: 15 }),
  allPairs: fc.integer({ min: 2, max: 16 }),
  seed: fc.nat(1e6),
});

describe('linkTree', () => {
  it('is a maximum spanning tree of the pairs with a pilot', () => {
    fc.assert(
      fc.property(shape, ({ dims, features, allPairs, seed }) => {
        const w = gaussianEmbedding(dims, features, seed);
        const tree = linkTree(w, measureCapacity(w).squaredNorm, allPairs, seed);
        const pilots = new Set(tree.pilots);
        if (features <= allPairs) expect(pilots.size).toBe(features);
        const expected = kruskal(w, (i, j) => pilots.has(i) || pilots.has(j));
        expect(tree.height).toHaveLength(features - 1);
        tree.height.forEach((s, e) => expect(s).toBeCloseTo(expected[e], 12));
        const p = tree.pilots.length;
        tree.pilots.forEach((i, x) =>
          tree.pilots.forEach((j, y) =>
            expect(tree.among[x * p + y]).toBeCloseTo(x === y ? 0 : similarity(w, i, j), 12),
          ),
        );
      }),
    );
  });

  it('joins features by their own similarity where all pairs are compared', () => {
    const w = gaussianEmbedding(3, 11, 4);
    const tree = linkTree(w, measureCapacity(w).squaredNorm);
    tree.height.forEach((s, e) => expect(s).toBeCloseTo(similarity(w, tree.a[e], tree.b[e]), 12));
  });
});

it('links each feature to the pilot that came first, where similarities are equal', () => {
  const coordinate = fc.integer({ min: -1, max: 1 });
  const vector = fc.tuple(coordinate, coordinate, coordinate).filter((v) => v.some((x) => x !== 0));
  fc.assert(
    fc.property(fc.array(vector, { minLength: 1, maxLength: 9 }), (vectors) => {
      const w = embeddingFromVectors(vectors);
      const joined = [0];
      const links: { a: number; b: number; s: number }[] = [];
      while (joined.length < w.features) {
        // Of each feature that is left, the first of its strongest links; of all, the first of the strongest.
        const strongest = Array.from({ length: w.features }, (_, b) => b)
          .filter((b) => !joined.includes(b))
          .map((b) =>
            joined
              .map((a) => ({ a, b, s: similarity(w, a, b) }))
              .reduce((best, link) => (link.s > best.s ? link : best)),
          );
        const next = strongest.reduce((best, link) => (link.s > best.s ? link : best));
        joined.push(next.b);
        links.push(next);
      }
      const sorted = links.toSorted((x, y) => x.s - y.s);
      const tree = linkTree(w, measureCapacity(w).squaredNorm);
      expect(Array.from(tree.a)).toEqual(sorted.map(({ a }) => a));
      expect(Array.from(tree.b)).toEqual(sorted.map(({ b }) => b));
      expect(Array.from(tree.height)).toEqual(sorted.map(({ s }) => s));
    }),
    { numRuns: 200 },
  );
});

/**
 * Sizes of the rounds of pilots, where the weakest link of the leaves is the given one in each round. Features have the squared
 * norm 1/2, so that the similarity of two is their inner product.
 */
function roundSizes(allPairs: number, features: number, weakest: readonly number[]): number[] {
  const rounds = linking(new Float64Array(features).fill(0.5), { allPairs, seed: 1 });
  const sizes: number[] = [];
  for (let step = rounds.next(); step.done !== true; step = rounds.next()) {
    const { pilots, visit } = step.value;
    const strength = weakest[sizes.length];
    sizes.push(pilots.length);
    for (let i = 0; i < features; i++) visit(i, new Float64Array(pilots.length).fill(strength), 0);
  }
  return sizes;
}

describe('the rounds of pilots', () => {
  it('end once the weakest link is more than twice as strong as that of the round before', () => {
    expect(roundSizes(8, 40, [0.125, 0.25, 0.5, 1, 2])).toEqual([6, 2, 2, 2, 2]);
    expect(roundSizes(8, 40, [0.125, 0.25, 0.51, 1, 2])).toEqual([6, 2, 2]);
    expect(roundSizes(8, 40, [0.125, 0.26])).toEqual([6, 2]);
    expect(roundSizes(7, 40, [1, 1, 1, 1, 1])).toEqual([6, 2, 2, 2, 2]);
  });

  it('end once the weakest of all links is strong, also if the others have not changed', () => {
    const rounds = linking(new Float64Array(40).fill(0.5), { allPairs: 8, seed: 1 });
    let weak = -1;
    const sizes: number[] = [];
    for (let step = rounds.next(); step.done !== true; step = rounds.next()) {
      const { pilots, visit } = step.value;
      if (weak < 0)
        weak = Array.from({ length: 40 }, (_, i) => i).find((i) => !pilots.includes(i)) ?? 0;
      else if (sizes.length === 1) expect(pilots[0]).toBe(weak);
      sizes.push(pilots.length);
      for (let i = 0; i < 40; i++)
        visit(i, new Float64Array(pilots.length).fill(i === weak ? 0.1 : 1));
    }
    expect(sizes).toEqual([6, 2]);
  });

  it('read the products of a feature with the pilots, and no others', () => {
    const treeOf = (margin: number): LinkTree => {
      const rounds = linking(new Float64Array(20).fill(0.5), { allPairs: 8, seed: 1 });
      for (;;) {
        const { done, value } = rounds.next();
        if (done === true) return value;
        const { pilots, visit } = value;
        for (let i = 0; i < 20; i++) {
          const products = new Float64Array(pilots.length + 2 * margin).fill(99);
          pilots.forEach((j, k) => (products[margin + k] = Math.cos(1 + i * j)));
          visit(i, products, margin);
        }
      }
    };
    expect(treeOf(3)).toEqual(treeOf(0));
  });

  it('end when every feature is a pilot', () => {
    expect(roundSizes(8, 9, [1, 1, 1])).toEqual([6, 2, 1]);
    expect(roundSizes(8, 8, [1])).toEqual([8]);
  });

  it('say how many pilots came before, and the largest number of all', () => {
    for (const [features, most] of [
      [40, 6 + 4 * 2],
      [9, 9],
      [8, 8],
    ]) {
      const rounds = linking(new Float64Array(features).fill(0.5), { allPairs: 8, seed: 1 });
      let before = 0;
      for (let step = rounds.next(); step.done !== true; step = rounds.next()) {
        const { pilots, visit } = step.value;
        expect([step.value.before, step.value.most]).toEqual([before, most]);
        before += pilots.length;
        for (let i = 0; i < features; i++) visit(i, new Float64Array(pilots.length).fill(1));
      }
      expect(before).toBe(most);
    }
    expect([1024, 1025, 1e6].map(mostPilots)).toEqual([1024, 1025, 768 + 4 * 256]);
  });

  it('start with pilots drawn by the seed', () => {
    const firstOf = (seed: number): readonly number[] => {
      const round = linking(new Float64Array(40).fill(0.5), { allPairs: 8, seed }).next();
      return round.done === true ? [] : round.value.pilots;
    };
    const all = linking(new Float64Array(8).fill(0.5), { allPairs: 8, seed: 1 }).next();
    expect(all.done === true ? [] : all.value.pilots).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(firstOf(0)).toEqual(firstOf(0));
    expect(firstOf(0)).not.toEqual(firstOf(1));
  });
});
