import { generator, integerBelow, uniform } from '@polysem/numerics/random';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { longestNoise, type CutProblem } from '../src/geometry/division.ts';
import { freedomRanges } from '../src/geometry/freedom-range.ts';

const none = new Float64Array(0);

/** Cuts of a random tree over features of which several are as long as noise of some deviation can be. */
function randomProblem(
  dims: number,
  features: number,
  seed: number,
): { problem: CutProblem; sigmas: number[] } {
  const g = generator(seed);
  const links = features - 1;
  const empty = {
    a: new Int32Array(links),
    b: new Int32Array(links),
    height: new Float64Array(links),
  };
  for (let e = 0; e < links; e++) {
    // Each feature is linked to an earlier one, in random order of the links.
    empty.b[e] = e + 1;
    empty.a[e] = integerBelow(g, e + 1);
    empty.height[e] = uniform(g);
  }
  const order = Array.from({ length: links }, (_, e) => e).toSorted(
    (x, y) => empty.height[x] - empty.height[y],
  );
  const base = {
    dims,
    features,
    rank: dims,
    leastSigma: 0,
    significance: 1e-3,
    cross: { pairs: none, squares: none, fourths: none, energy: none, lengths: none },
    tree: {
      a: Int32Array.from(order, (e) => empty.a[e]),
      b: Int32Array.from(order, (e) => empty.b[e]),
      height: Float64Array.from(order, (e) => empty.height[e]),
      pilots: new Int32Array(0),
      among: none,
    },
    squaredNorm: none,
  };
  const sigmas = Array.from({ length: features }, () => uniform(g));
  // The square root of a square is exact, so a feature may be exactly as long as the noise.
  const squaredNorm = Float64Array.from(
    { length: features },
    () => longestNoise(base, sigmas[integerBelow(g, features)]) ** 2,
  );
  return { problem: { ...base, squaredNorm }, sigmas };
}

/** Degrees of freedom of blocks of these sizes and ranks, by their definition: see `freedomOf`. */
function freedom(sizes: readonly number[], ranks: readonly number[]): number {
  const rank = ranks.reduce((a, b) => a + b, 0);
  const orthogonal = sizes.reduce((sum, size, k) => sum + size * (rank - ranks[k]), 0);
  const free = (rank ** 2 - ranks.reduce((sum, r) => sum + r ** 2, 0)) / 2;
  return Math.max(1, orthogonal - free);
}

it('ranges of degrees of freedom are those of the groups of each cut', () => {
  const sizes = fc.record({
    dims: fc.integer({ min: 1, max: 5 }),
    features: fc.integer({ min: 2, max: 14 }),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(sizes, ({ dims, features, seed }) => {
      const { problem, sigmas } = randomProblem(dims, features, seed);
      const { tree, squaredNorm } = problem;
      const cuts = sigmas.flatMap((sigma, cut) => (sigma < 0.7 ? [cut] : []));
      const ranges = freedomRanges(problem, cuts, (cut) => sigmas[cut]);
      expect(ranges).toHaveLength(cuts.length);
      for (const [k, cut] of cuts.entries()) {
        const group = Array.from({ length: features }, (_, i) => i);
        for (let e = cut; e < features - 1; e++) {
          const from = group[tree.b[e]];
          const to = group[tree.a[e]];
          group.forEach((one, i) => {
            if (one === from) group[i] = to;
          });
        }
        const longest = longestNoise(problem, sigmas[cut]);
        const blocks = [...new Set(group)]
          .map((name) => group.flatMap((one, i) => (one === name ? [i] : [])))
          .filter((block) => block.length > 1 || Math.sqrt(squaredNorm[block[0]]) > longest)
          .map((block) => block.length);
        expect(ranges[k].least).toBe(
          freedom(
            blocks,
            blocks.map(() => 1),
          ),
        );
        expect(ranges[k].most).toBe(
          freedom(
            blocks,
            blocks.map((size) => Math.min(size, dims)),
          ),
        );
      }
    }),
  );
});
