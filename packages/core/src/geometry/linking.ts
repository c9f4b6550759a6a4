import { generator } from '@polysem/numerics/random';
import { permutation } from '@polysem/numerics/random';

/** Up to this many features all pairs are compared: 8 MB of similarities. */
const ALL_PAIRS = 1024;
/** Rounds in which features with weak links become pilots. */
const ROUNDS = 4;

/** The single-linkage tree of similarities (a maximum spanning tree), weakest links first. */
export interface LinkTree {
  /** N - 1 links in order of ascending height: link e joins features `a[e]` and `b[e]`. */
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly height: Float64Array;
  /** Pilots: the features that were compared with all others. In a small matrix, all features. */
  readonly pilots: Int32Array;
  /** Similarities among pilots, pilots x pilots, symmetric, diagonal 0. */
  readonly among: Float64Array;
}

/** Options of {@link linking}; see `linkTree`. */
export interface LinkingOptions {
  /** With more features than this, only pairs that contain a pilot are compared. */
  readonly allPairs?: number | undefined;
  /** Seed for choosing pilots. */
  readonly seed?: number | undefined;
}

/** New pilots, which every feature must be compared with. */
export interface PilotRound {
  readonly pilots: readonly number[];
  /** Number of pilots in the rounds before, and the largest number in all rounds. */
  readonly before: number;
  readonly most: number;
  /**
   * Takes the inner products of feature i with each new pilot, which start at `from`, and overwrites them. To be called once
   * per feature, in any order.
   */
  readonly visit: (i: number, products: Float64Array, from?: number) => void;
}

/** State of the search. */
interface Linking {
  readonly features: number;
  readonly squaredNorm: Float64Array;
  readonly pilots: number[];
  /** Index of each feature in `pilots`, or -1. */
  readonly pilotAt: Int32Array;
  /** Strongest known connection of two pilots, directly or by one other feature; `most` columns. */
  readonly bottleneck: Float64Array;
  readonly among: Float64Array;
  readonly most: number;
  /** Index of the pilot with the strongest link to each feature, and the strength of that link: at first pilot 0, with 0. */
  readonly nearest: Int32Array;
  readonly height: Float64Array;
}

/**
 * Links features to a tree, without computing inner products: yields rounds of pilots, continues when the caller has compared
 * every feature with the pilots of the round, and returns the tree.
 */
export function* linking(
  squaredNorm: Float64Array,
  { allPairs = ALL_PAIRS, seed = 0 }: LinkingOptions = {},
): Generator<PilotRound, LinkTree, void> {
  const n = squaredNorm.length;
  const isSmall = n <= allPairs;
  const { atFirst, promoted, most } = pilotCounts(n, allPairs);
  const state: Linking = {
    features: n,
    squaredNorm,
    pilots: [],
    pilotAt: new Int32Array(n).fill(-1),
    bottleneck: new Float64Array(most * most),
    among: new Float64Array(most * most),
    most,
    nearest: new Int32Array(n),
    height: new Float64Array(n),
  };
  const order = isSmall
    ? Int32Array.from({ length: n }, (_, i) => i)
    : permutation(generator(seed), n);
  yield roundOf(state, Array.from(order.subarray(0, atFirst)));
  for (let round = 0, weakest = -1; round < ROUNDS; round++) {
    const leaves = Int32Array.from({ length: n }, (_, i) => i)
      .filter((i) => state.pilotAt[i] < 0)
      .toSorted((i, j) => state.height[i] - state.height[j]);
    // Stops if the weakest link is twice as strong as in the previous round: no weakly linked feature is left.
    if (leaves.length === 0 || (weakest >= 0 && state.height[leaves[0]] > 2 * weakest)) break;
    weakest = state.height[leaves[0]];
    const count = Math.min(promoted, most - state.pilots.length);
    yield roundOf(state, Array.from(leaves.subarray(0, count)));
  }
  return treeOf(state);
}

/** Number of pilots at first, of those added per round, and the largest number of all. */
function pilotCounts(
  features: number,
  allPairs: number,
): { readonly atFirst: number; readonly promoted: number; readonly most: number } {
  if (features <= allPairs) return { atFirst: features, promoted: 0, most: features };
  const atFirst = Math.ceil((3 * allPairs) / 4);
  const promoted = Math.ceil(allPairs / 4);
  return { atFirst, promoted, most: Math.min(features, atFirst + ROUNDS * promoted) };
}

/** Largest number of features that every feature is compared with. */
export function mostPilots(features: number): number {
  return pilotCounts(features, ALL_PAIRS).most;
}

/** Makes features pilots, and returns their round. */
function roundOf(state: Linking, added: readonly number[]): PilotRound {
  const { squaredNorm, pilots, pilotAt, bottleneck, among, most, nearest, height } = state;
  const first = pilots.length;
  const count = added.length;
  added.forEach((i, k) => {
    pilots.push(i);
    pilotAt[i] = first + k;
  });
  const norms = Float64Array.from(added, (i) => squaredNorm[i]);
  const visit = (i: number, products: Float64Array, from = 0): void => {
    const own = pilotAt[i];
    const norm = squaredNorm[i];
    let best = nearest[i];
    let bestHeight = height[i];
    for (let k = 0; k < count; k++) {
      const s = Math.abs(products[from + k]) / Math.sqrt(norm + norms[k]);
      products[from + k] = s;
      if (own < 0 && s > bestHeight) {
        bestHeight = s;
        best = first + k;
      }
    }
    if (own >= 0) {
      for (let k = 0; k < count; k++) {
        const other = first + k;
        if (other === own) continue;
        among[own * most + other] = among[other * most + own] = products[from + k];
        raise(bottleneck, most, own, other, products[from + k]);
      }
      return;
    }
    // The feature connects `best`, its strongest link, with every other pilot as strongly as it is linked to that pilot.
    for (let k = 0; k < count; k++) raise(bottleneck, most, best, first + k, products[from + k]);
    raise(bottleneck, most, best, nearest[i], height[i]);
    nearest[i] = best;
    height[i] = bestHeight;
  };
  return { pilots: added, before: first, most, visit };
}

/** Raises an entry of a symmetric matrix to a value, if it is smaller. */
function raise(matrix: Float64Array, columns: number, i: number, j: number, value: number): void {
  if (i === j || value <= matrix[i * columns + j]) return;
  matrix[i * columns + j] = value;
  matrix[j * columns + i] = value;
}

/** Prim's algorithm on the pilots. Every other feature is a leaf at the pilot of its strongest link. */
function treeOf(state: Linking): LinkTree {
  const { features, pilots, pilotAt, bottleneck, among, most, nearest, height } = state;
  const p = pilots.length;
  const links = { a: new Int32Array(features), b: new Int32Array(features) };
  const heights = new Float64Array(features);
  let count = 0;
  const link = (a: number, b: number, strength: number): void => {
    links.a[count] = a;
    links.b[count] = b;
    heights[count++] = strength;
  };
  // Strengths are at least 0, and the tree begins with pilot 0.
  const reach = new Float64Array(p);
  const via = new Int32Array(p);
  const isIn = new Uint8Array(p);
  for (let step = 0, last = 0; step < p; step++) {
    isIn[last] = 1;
    if (step > 0) link(pilots[via[last]], pilots[last], reach[last]);
    let next = -1;
    for (let j = 0; j < p; j++) {
      if (isIn[j] === 1) continue;
      const s = bottleneck[last * most + j];
      if (s > reach[j]) {
        reach[j] = s;
        via[j] = last;
      }
      if (next < 0 || reach[j] > reach[next]) next = j;
    }
    last = next;
  }
  for (let i = 0; i < features; i++) {
    if (pilotAt[i] < 0) link(pilots[nearest[i]], i, height[i]);
  }
  const order = Int32Array.from({ length: count }, (_, e) => e).toSorted(
    (x, y) => heights[x] - heights[y],
  );
  const tight = new Float64Array(p * p);
  for (let i = 0; i < p; i++) tight.set(among.subarray(i * most, i * most + p), i * p);
  return {
    a: order.map((e) => links.a[e]),
    b: order.map((e) => links.b[e]),
    height: Float64Array.from(order, (e) => heights[e]),
    pilots: Int32Array.from(pilots),
    among: tight,
  };
}
