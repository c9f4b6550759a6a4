import { disjointSets } from './disjoint-sets.ts';
import { longestNoise, type CutProblem } from './division.ts';

/** Least and most degrees of freedom, each at least 1. */
export interface FreedomRange {
  readonly least: number;
  readonly most: number;
}

/**
 * Bounds on the degrees of freedom of cuts (`freedomOf`), from the sizes of their groups alone: a block of N_k features has a
 * rank from 1 to min(N_k, D). One more rank of block k adds sum_{j != k} (N_j - r_j) >= 0, so the bounds are those of the
 * least and of the largest ranks. They are equal if at most one group has several features. O(N log N) for all cuts.
 *
 * @param cuts numbers of links cut, ascending.
 * @param sigmaOf standard deviation of noise at a cut; single features no longer than the noise are no blocks.
 */
export function freedomRanges(
  problem: CutProblem,
  cuts: readonly number[],
  sigmaOf: (links: number) => number,
): FreedomRange[] {
  const { dims, features, squaredNorm, tree } = problem;
  const singles = countedByLength(squaredNorm);
  const size = new Int32Array(features).fill(1);
  const smallRanks = blockSums(1);
  const largeRanks = blockSums(dims);
  const { find, join } = disjointSets(features);
  const ranges: FreedomRange[] = [];
  let links = tree.height.length;
  for (const cut of cuts.toReversed()) {
    while (links > cut) {
      links--;
      const roots = [find(tree.a[links]), find(tree.b[links])];
      const sizes = roots.map((root) => size[root]);
      roots.forEach((root, k) => {
        if (sizes[k] === 1) singles.remove(root);
      });
      const joined = sizes[0] + sizes[1];
      size[join(roots[0], roots[1])] = joined;
      for (const sums of [smallRanks, largeRanks]) sums.replace(sizes, joined);
    }
    const blocks = singles.longerThan(longestNoise(problem, sigmaOf(cut)));
    ranges.push({
      least: Math.max(1, smallRanks.freedom(blocks)),
      most: Math.max(1, largeRanks.freedom(blocks)),
    });
  }
  return ranges.toReversed();
}

/** Sums over the blocks with several features, whose ranks are their sizes, but at most `limit`. */
function blockSums(limit: number): {
  /** Joins groups of the given sizes. */
  readonly replace: (sizes: readonly number[], joined: number) => void;
  /** Degrees of freedom, with a number of single features that are blocks too. */
  readonly freedom: (singles: number) => number;
} {
  let features = 0;
  let rank = 0;
  let products = 0;
  let squares = 0;
  const add = (size: number, sign: number): void => {
    if (size === 1) return;
    const own = Math.min(size, limit);
    features += sign * size;
    rank += sign * own;
    products += sign * size * own;
    squares += sign * own * own;
  };
  return {
    replace: (sizes, joined) => {
      for (const size of sizes) add(size, -1);
      add(joined, 1);
    },
    freedom: (singles) => {
      const all = rank + singles;
      return (
        (-all * all) / 2 + (features + singles) * all - products - singles + (squares + singles) / 2
      );
    },
  };
}

/** The features that are still single, counted by length (a Fenwick tree; Fenwick 1994). */
function countedByLength(squaredNorm: Float64Array): {
  readonly remove: (feature: number) => void;
  /** Number of single features longer than a length. */
  readonly longerThan: (length: number) => number;
} {
  const n = squaredNorm.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).toSorted(
    (i, j) => squaredNorm[i] - squaredNorm[j],
  );
  const place = new Int32Array(n);
  order.forEach((i, at) => {
    place[i] = at;
  });
  // Entry k holds the number of single features among the k & -k shortest ones up to the k-th.
  const counts = Int32Array.from({ length: n + 1 }, (_, k) => k & -k);
  let left = n;
  return {
    remove: (feature) => {
      left--;
      for (let k = place[feature] + 1; k <= n; k += k & -k) counts[k]--;
    },
    longerThan: (length) => {
      let low = 0;
      let high = n;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (Math.sqrt(squaredNorm[order[middle]]) <= length) low = middle + 1;
        else high = middle;
      }
      let shorter = 0;
      for (let k = low; k > 0; k -= k & -k) shorter += counts[k];
      return left - shorter;
    },
  };
}
