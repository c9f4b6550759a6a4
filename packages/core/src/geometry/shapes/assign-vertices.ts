import { cosineBound, cosineVariance, type BlockVectors } from './block.ts';

/** Which feature is at each vertex of a polytope, and which of them are turned round. */
export interface Assignment {
  /** Features of the block, in the order of the polytope's vertices. */
  readonly order: readonly number[];
  readonly flipped: ReadonlySet<number>;
  /** sum over pairs of (cosine - polytope's cosine)^2 / (1 / l_i^2 + 1 / l_j^2): what was made least. */
  readonly cost: number;
}

/**
 * So many features are put into place before the search takes the best it has. A polytope at the noise it is told from
 * others at needs some thousands; at a noise so high that nearly everything is within bounds, there is nothing to find.
 */
const MOST_PLACED = 50_000;

/** Cosines further from the polytope's than this many standard deviations rule an assignment out. */
const DEVIATIONS = 5;

/**
 * The best assignment of a block's features to the vertices of a polytope: least squares of the cosines over all
 * permutations, and all signs where they are free, among those whose every cosine is within the noise of the
 * polytope's; null if there is none.
 *
 * Exact, but for a limit on its length: a depth-first search that gives up a branch at the first cosine out of bounds, or when its cost exceeds the
 * best so far. Sorted rows of cosines, which no permutation changes, rule vertices out beforehand.
 *
 * @param gram the polytope's cosines, N x N.
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
      // All signs turned at once are a rotation: the first may keep its own.
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
        if (next >= (best?.cost ?? Infinity) || placed >= MOST_PLACED) continue;
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

/** Whether feature i may be at vertex v, N x N: by their sorted rows of cosines (of their sizes, if signs are free). */
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

/** Turning all signs changes nothing: of the two ways, the one that turns fewer features. */
function fewestFlips(best: { order: number[]; signs: Int8Array; cost: number }): Assignment {
  const turned = best.order.filter((i) => best.signs[i] < 0);
  const others = best.order.filter((i) => best.signs[i] > 0);
  const flipped = new Set(turned.length <= others.length ? turned : others);
  return { order: best.order, flipped, cost: best.cost };
}
