import { describe, expect, it } from 'vitest';
import {
  logChiSquareAbove,
  logChiSquareBelow,
  logPartitions,
  logStudentTail,
} from '../src/geometry/tail-bounds.ts';
import { crossSums, groupsOf } from '../src/geometry/cross-sums.ts';
import { linkTree } from '../src/geometry/link-tree.ts';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { measureCapacity } from '../src/capacity/measure.ts';
import { normalCdf } from '@polysem/numerics/elementary';
import { gaussianEmbedding } from './fixtures.ts';
import { connected } from './planted-blocks.ts';

describe('bounds on tail probabilities', () => {
  it.each([0.5, 3, Infinity])('are 1 at 0 and 0 at infinity: %d degrees of freedom', (nu) => {
    expect([0, 1e-200].map((x) => logStudentTail(x, nu))).toEqual([0, 0]);
    expect([1e200, Infinity].map((x) => logStudentTail(x, nu))).toEqual([-Infinity, -Infinity]);
  });

  it("hold for Student's t with 1 and 2 degrees of freedom and for the normal, and are tight in the tail", () => {
    for (const x of [0.1, 1, 3, 10, 100]) {
      const exact = [
        [1, 1 - (2 / Math.PI) * Math.atan(x)],
        [2, 1 - x / Math.sqrt(2 + x * x)],
        [Infinity, 2 * normalCdf(-x)],
      ] as const;
      for (const [nu, tail] of exact) {
        const bound = logStudentTail(x, nu);
        if (tail === 0) continue;
        expect(bound).toBeGreaterThanOrEqual(Math.log(tail) - 1e-9);
        if (x >= 3) expect(bound - Math.log(tail)).toBeLessThan(0.5);
      }
    }
  });

  it('hold for chi-square with 2 degrees of freedom (an exponential)', () => {
    for (const r of [1e-6, 0.01, 0.5, 0.99]) {
      expect(logChiSquareBelow(r, 2)).toBeGreaterThanOrEqual(Math.log(-Math.expm1(-r)));
    }
    for (const r of [1.01, 2, 10, 100]) {
      expect(logChiSquareAbove(r, 2)).toBeGreaterThanOrEqual(-r);
      expect(logChiSquareAbove(r, 2)).toBeLessThan(-r + 1 + Math.log(r) + 1e-12);
    }
    expect([logChiSquareBelow(1.5, 3), logChiSquareAbove(0.5, 3)]).toEqual([0, 0]);
  });

  it('hold for the number of partitions (Stirling numbers of the second kind)', () => {
    const stirling = (n: number, k: number): number =>
      n === k ? 1 : k === 0 || k > n ? 0 : k * stirling(n - 1, k) + stirling(n - 1, k - 1);
    for (let n = 1; n <= 16; n++) {
      for (let k = 1; k <= n; k++) {
        expect(logPartitions(n, k)).toBeGreaterThanOrEqual(Math.log(stirling(n, k)) - 1e-9);
      }
    }
  });
});

describe('linkTree', () => {
  const embeddings = Array.from({ length: 20 }, (_, seed) => gaussianEmbedding(5, 40, seed));

  it('gives the connected components of the Gram graph at every threshold', () => {
    for (const w of embeddings) {
      const n = measureCapacity(w).squaredNorm;
      const tree = linkTree(w, n);
      for (let cut = 0; cut <= 39; cut += 3) {
        const threshold = cut < 39 ? tree.height[cut] : Infinity;
        expect(Array.from(groupsOf(tree, 40, cut))).toEqual(
          labels(40, (i, j) => similarity(w, n, i, j) >= threshold * (1 - 1e-12)),
        );
      }
    }
  });

  it('has the links of a greedy spanning tree where products are computed in WebAssembly', () => {
    // 225 pilots at first, 2^27 multiply-adds or more, in chunks of 2330 features.
    const [dims, features] = [235, 2600];
    const w = gaussianEmbedding(dims, features, 1);
    const n = measureCapacity(w).squaredNorm;
    const { a, b, height, pilots } = linkTree(w, n, 300);
    expect(pilots).not.toContain(0);
    const isPilot = new Set(pilots);
    // Prim: always the strongest link from the tree to a feature outside, of pairs with a pilot.
    const strongest = new Float64Array(features).fill(-1);
    const heights: number[] = [];
    for (let last = 0; heights.length < features - 1;) {
      strongest[last] = Infinity;
      let next = -1;
      for (let i = 0; i < features; i++) {
        if (strongest[i] === Infinity) continue;
        if (isPilot.has(i) || isPilot.has(last))
          strongest[i] = Math.max(strongest[i], similarity(w, n, i, last));
        if (next < 0 || strongest[i] > strongest[next]) next = i;
      }
      heights.push(strongest[next]);
      last = next;
    }
    heights.sort((x, y) => x - y);
    expect(height).toHaveLength(features - 1);
    height.forEach((link, e) => {
      // Sums of 235 products, each rounded once, of vectors whose lengths differ little.
      expect(Math.abs(link - heights[e])).toBeLessThan(1e-13 * heights[heights.length - 1]);
      // Two pilots may be linked by another feature.
      if (isPilot.has(a[e]) && isPilot.has(b[e])) return;
      expect(Math.abs(link - similarity(w, n, a[e], b[e]))).toBeLessThan(1e-12);
    });
  });

  it('gives the same sums over pairs in different groups as counting them', () => {
    const [w] = embeddings;
    const n = measureCapacity(w).squaredNorm;
    const tree = linkTree(w, n);
    const sums = crossSums(tree, n);
    for (const cut of [0, 1, 7, 39]) {
      const label = groupsOf(tree, 40, cut);
      let pairs = 0;
      let squares = 0;
      let energy = 0;
      for (let i = 0; i < 40; i++) {
        for (let j = 0; j < i; j++) {
          if (label[i] === label[j]) continue;
          const s2 = similarity(w, n, i, j) ** 2;
          pairs++;
          squares += s2;
          energy += s2 * (n[i] + n[j]);
        }
      }
      expect(sums.pairs[cut]).toBe(pairs);
      expect(sums.squares[cut]).toBeCloseTo(squares, 10);
      expect(sums.energy[cut]).toBeCloseTo(energy, 9);
    }
  });

  it('gives the tree of the pairs that contain a pilot', () => {
    for (const [seed, w] of embeddings.entries()) {
      const n = measureCapacity(w).squaredNorm;
      const tree = linkTree(w, n, 12, seed);
      const isPilot = new Set(tree.pilots);
      expect(isPilot.size).toBeLessThan(40);
      for (let cut = 0; cut <= 39; cut += 3) {
        const threshold = cut < 39 ? tree.height[cut] : Infinity;
        expect(Array.from(groupsOf(tree, 40, cut))).toEqual(
          labels(
            40,
            (i, j) =>
              (isPilot.has(i) || isPilot.has(j)) &&
              similarity(w, n, i, j) >= threshold * (1 - 1e-12),
          ),
        );
      }
    }
  });
});

describe('pilots', () => {
  /** Five orthogonal groups of four random vectors in two dimensions, feature i in group i mod 5. */
  function fiveGroups(): Embedding {
    const parts = gaussianEmbedding(2, 20, 1);
    const w = embedding(10, 20);
    for (let i = 0; i < 20; i++)
      w.data.set(parts.data.subarray(2 * i, 2 * i + 2), i * 10 + 2 * (i % 5));
    return w;
  }

  it('are all features, in order, up to the limit', () => {
    const w = gaussianEmbedding(5, 40, 1);
    const n = measureCapacity(w).squaredNorm;
    expect(linkTree(w, n, 40)).toEqual(linkTree(w, n, 1000));
    expect([...linkTree(w, n, 40).pilots]).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('are added where links are weakest, lowest index first, so that few of them find all groups', () => {
    const w = fiveGroups();
    const n = measureCapacity(w).squaredNorm;
    for (let seed = 0; seed < 10; seed++) {
      // A single pilot at first, and one in each of four rounds.
      const { pilots, height } = linkTree(w, n, 1, seed);
      expect(pilots).toHaveLength(5);
      const unseen = [0, 1, 2, 3, 4].filter((group) => group !== pilots[0] % 5);
      expect([...pilots.subarray(1)]).toEqual(unseen);
      expect(height.filter((link) => link === 0)).toHaveLength(4);
    }
  });
});

function similarity({ dims, data }: Embedding, n: Float64Array, i: number, j: number): number {
  let dot = 0;
  for (let d = 0; d < dims; d++) dot += data[i * dims + d] * data[j * dims + d];
  return Math.abs(dot) / Math.sqrt(n[i] + n[j]);
}

/** Labels of connected components, numbered in order of first members. */
function labels(n: number, linked: (i: number, j: number) => boolean): number[] {
  const out = Array.from({ length: n }, () => -1);
  connected(n, linked).forEach((group, label) => {
    for (const i of group) out[i] = label;
  });
  return out;
}
