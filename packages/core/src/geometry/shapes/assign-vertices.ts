import { cosineBound, cosineVariance, type BlockVectors } from './block.ts';

/** The feature at each vertex of a polytope, and the features whose sign is flipped. */
export interface Assignment {
  /** Features of the block, in the order of the vertices. */
  readonly order: readonly number[];
  readonly flipped: ReadonlySet<number>;
  /** The minimised cost: sum over pairs of (cosine - cosine of the polytope)^2 / (1 / l_i^2 + 1 / l_j^2). */
  readonly cost: number;
}

/**
 * Most placements of a feature before the search returns its best assignment. Some thousands are enough at noise levels where
 * polytopes can be told apart; at higher levels nearly every assignment is within bounds.
 */
const MAX_PLACEMENTS = 50_000;

/** An assignment is ruled out if a cosine differs from that of the polytope by more standard deviations. */
const DEVIATIONS = 5;

/**
 * Finds the best assignment of the features of a block to the vertices of a polytope: least squares of the cosines over all
 * permutations, and over all signs if they are free, among the assignments whose cosines are all within the noise of those of
 * the polytope. Returns null if there is none.
 *
 * A depth-first search, exact up to its limit on placements. It abandons a branch at the first cosine out of bounds, or when
 * the cost exceeds the best so far. Sorted rows of cosines, which are invariant under permutation, exclude vertices in advance.
 *
 * @param gram cosines of the polytope, N x N.
 * @param slack added to every bound.
 */
export function assignVertices(
  block: BlockVectors,
  gram: Float64Array,
  slack: number = 0,
): Assignment | null {
  const { cosines, freeSigns } = block;
  const n = block.numbers.length;
  const isPossible = possibleVertices(block, gram, slack);
  const order: number[] = [];
  const signs = new Int8Array(n);
  let best: { order: number[]; signs: Int8Array; cost: number } | null = null;

  let placed = 0;
  const extend = (cost: number): void => {
    const vertex = order.length;
    if (vertex === n) {
      best = { order: order.slice(), signs: signs.slice(), cost };
      return;
    }
    for (let i = 0; i < n; i++) {
      if (signs[i] !== 0 || !isPossible[i * n + vertex]) continue;
      // Flipping all signs is an orthogonal map, so the first sign can stay.
      for (const sign of freeSigns && vertex > 0 ? [1, -1] : [1]) {
        let next = cost;
        for (let v = 0; v < vertex && next < Infinity; v++) {
          const j = order[v];
          const wanted = gram[vertex * n + v];
          const error = sign * signs[j] * cosines[i * n + j] - wanted;
          const bound = cosineBound(block, i, j, wanted, DEVIATIONS) + slack;
          next =
            Math.abs(error) > bound
              ? Infinity
              : next + (error * error) / cosineVariance(block, i, j);
        }
        if (next >= (best?.cost ?? Infinity) || placed >= MAX_PLACEMENTS) continue;
        placed++;
        order.push(i);
        signs[i] = sign;
        extend(next);
        order.pop();
        signs[i] = 0;
      }
    }
  };
  extend(0);
  return best === null ? null : fewestFlips(best);
}

/** True if feature i can be at vertex v, N x N, by sorted rows of cosines (of absolute cosines, if signs are free). */
function possibleVertices(block: BlockVectors, gram: Float64Array, slack: number): Uint8Array {
  const { cosines, freeSigns } = block;
  const n = block.numbers.length;
  const sorted = (matrix: Float64Array, row: number): Float64Array =>
    matrix
      .slice(row * n, (row + 1) * n)
      .map((x) => (freeSigns ? Math.abs(x) : x))
      .toSorted();
  const rows = Array.from({ length: n }, (_, v) => sorted(gram, v));
  const possible = new Uint8Array(n * n);
  for (let i = 0; i < n; i++) {
    const own = sorted(cosines, i);
    // Moving every entry of a list by at most b moves every entry of the sorted list by at most b.
    let bound = 0;
    for (let j = 0; j < n; j++) bound = Math.max(bound, cosineBound(block, i, j, 0, DEVIATIONS));
    for (let v = 0; v < n; v++) {
      possible[i * n + v] = rows[v].every((x, at) => Math.abs(x - own[at]) <= bound + slack)
        ? 1
        : 0;
    }
  }
  return possible;
}

/** Flipping all signs changes nothing: chooses the alternative with fewer flipped features. */
function fewestFlips(best: { order: number[]; signs: Int8Array; cost: number }): Assignment {
  const turned = best.order.filter((i) => best.signs[i] < 0);
  const others = best.order.filter((i) => best.signs[i] > 0);
  const flipped = new Set(turned.length <= others.length ? turned : others);
  return { order: best.order, flipped, cost: best.cost };
}
