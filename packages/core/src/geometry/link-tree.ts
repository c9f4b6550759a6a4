import type { Embedding } from '../embedding.ts';
import { disjointSets, labelled } from './disjoint-sets.ts';
import { permutation } from '../random/shuffle.ts';
import { generator } from '../random/generator.ts';

/** The single-linkage tree of similarities, strongest links that join everything, weakest first. */
export interface LinkTree {
  /** Links in ascending order of height: link e joins features `a[e]` and `b[e]`; one fewer than features. */
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly height: Float64Array;
  /** Features that were compared with all others; all of them in a small matrix. */
  readonly pilots: Int32Array;
  /** Similarities among pilots, pilots x pilots, symmetric, diagonal 0. */
  readonly among: Float64Array;
}

/** Up to this many features all pairs are looked at: 8 MB for their similarities. */
const ALL_PAIRS = 1024;
const ROUNDS = 4;

/**
 * Single linkage of the similarities s_ij = |w_i . w_j| / sqrt(n_i + n_j), which have the standard deviation of the noise
 * where w_i and w_j are orthogonal and every entry of W has independent noise.
 *
 * With more features than `allPairs`, only pairs with a pilot are looked at: O(N D pilots) time, O(N + pilots^2) memory.
 * Without noise that gives the same connected components as all pairs, provided the pilots span the space of each: if
 * pilots P1 and P2 of one component were in parts A1 and A2 not linked by any pair with a pilot, then A1 is orthogonal
 * to P2 and A2 to P1; so P1 and P2 span orthogonal spaces that make up the component's, A1 lies in that of P1, A2 in
 * that of P2, and no pair links them at all. The first pilots, three quarters of `allPairs`, are drawn at random; then the features least linked to
 * any become pilots too, until that no longer finds weaker ones.
 *
 * @param w no zero vectors.
 * @param seed of the choice of pilots.
 */
export function linkTree(
  w: Embedding,
  squaredNorm: Float64Array,
  allPairs: number = ALL_PAIRS,
  seed = 0,
): LinkTree {
  const n = w.features;
  const isSmall = n <= allPairs;
  const atFirst = isSmall ? n : Math.ceil((3 * allPairs) / 4);
  const promoted = isSmall ? 0 : Math.ceil(allPairs / 4);
  const most = Math.min(n, atFirst + ROUNDS * promoted);
  const state: Linking = {
    w,
    squaredNorm,
    pilots: [],
    pilotAt: new Int32Array(n).fill(-1),
    bottleneck: new Float64Array(most * most),
    among: new Float64Array(most * most),
    most,
    nearest: new Int32Array(n).fill(-1),
    height: new Float64Array(n).fill(-1),
  };
  const order = isSmall
    ? Int32Array.from({ length: n }, (_, i) => i)
    : permutation(generator(seed), n);
  addPilots(state, Array.from(order.subarray(0, atFirst)));
  if (!isSmall) promoteLeaves(state, promoted);
  return treeOf(state);
}

function promoteLeaves(state: Linking, promoted: number): void {
  const { w, most } = state;
  for (let round = 0, weakest = -1; round < ROUNDS; round++) {
    const leaves = Array.from({ length: w.features }, (_, i) => i).filter(
      (i) => state.pilotAt[i] < 0,
    );
    leaves.sort((i, j) => state.height[i] - state.height[j] || i - j);
    // Twice the weakest link of the round before: nothing weakly linked is left.
    if (leaves.length === 0 || (weakest >= 0 && state.height[leaves[0]] > 2 * weakest)) break;
    weakest = state.height[leaves[0]];
    addPilots(state, leaves.slice(0, Math.min(promoted, most - state.pilots.length)));
  }
}

interface Linking {
  readonly w: Embedding;
  readonly squaredNorm: Float64Array;
  readonly pilots: number[];
  /** A pilot's place in the list, or -1. */
  readonly pilotAt: Int32Array;
  /** Strongest known connection of two pilots, directly or through one feature; `most` columns. */
  readonly bottleneck: Float64Array;
  readonly among: Float64Array;
  readonly most: number;
  /** The pilot (place in the list) each feature is linked to most, and how much. */
  readonly nearest: Int32Array;
  readonly height: Float64Array;
}

/** Compares new pilots with all features. */
function addPilots(state: Linking, added: readonly number[]): void {
  const { w, squaredNorm, pilots, pilotAt, bottleneck, among, most, nearest, height } = state;
  const first = pilots.length;
  added.forEach((i, k) => {
    pilots.push(i);
    pilotAt[i] = first + k;
  });
  const rows = new Float64Array(added.length * w.dims);
  added.forEach((i, k) => rows.set(w.data.subarray(i * w.dims, (i + 1) * w.dims), k * w.dims));
  const norms = Float64Array.from(added, (i) => squaredNorm[i]);
  forEachProducts(w, rows, added.length, (i, products) => {
    const own = pilotAt[i];
    let best = nearest[i];
    let bestHeight = height[i];
    for (let k = 0; k < added.length; k++) {
      const s = Math.abs(products[k]) / Math.sqrt(squaredNorm[i] + norms[k]);
      products[k] = s;
      if (own < 0 && s > bestHeight) {
        bestHeight = s;
        best = first + k;
      }
    }
    if (own >= 0) {
      for (let k = 0; k < added.length; k++) {
        const other = first + k;
        if (other === own) continue;
        among[own * most + other] = among[other * most + own] = products[k];
        raise(bottleneck, most, own, other, products[k]);
      }
      return;
    }
    // Linked to `best` most of all, the feature connects it with each other pilot as strongly as it is linked to that.
    for (let k = 0; k < added.length; k++) raise(bottleneck, most, best, first + k, products[k]);
    if (nearest[i] >= 0) raise(bottleneck, most, best, nearest[i], height[i]);
    nearest[i] = best;
    height[i] = bestHeight;
  });
}

function raise(matrix: Float64Array, columns: number, i: number, j: number, value: number): void {
  if (i === j || value <= matrix[i * columns + j]) return;
  matrix[i * columns + j] = value;
  matrix[j * columns + i] = value;
}

/** Inner products of every feature with each of the rows; the array handed over is used again. */
function forEachProducts(
  w: Embedding,
  rows: Float64Array,
  count: number,
  visit: (i: number, products: Float64Array) => void,
): void {
  const { dims, features, data } = w;
  const block = new Float64Array(4 * dims);
  const out = Array.from({ length: 4 }, () => new Float64Array(count + 1));
  const [o0, o1, o2, o3] = out;
  const padded = new Float64Array((count + 1) * dims);
  padded.set(rows.subarray(0, count * dims));
  for (let from = 0; from < features; from += 4) {
    const taken = Math.min(4, features - from);
    block.set(data.subarray(from * dims, (from + taken) * dims));
    for (let k = 0; k < count; k += 2) {
      const x = k * dims;
      const y = x + dims;
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let d = 0; d < dims; d++) {
        const p = padded[x + d];
        const q = padded[y + d];
        const w0 = block[d];
        const w1 = block[dims + d];
        const w2 = block[2 * dims + d];
        const w3 = block[3 * dims + d];
        a0 += p * w0;
        a1 += p * w1;
        a2 += p * w2;
        a3 += p * w3;
        b0 += q * w0;
        b1 += q * w1;
        b2 += q * w2;
        b3 += q * w3;
      }
      o0[k] = a0;
      o1[k] = a1;
      o2[k] = a2;
      o3[k] = a3;
      o0[k + 1] = b0;
      o1[k + 1] = b1;
      o2[k + 1] = b2;
      o3[k + 1] = b3;
    }
    for (let f = 0; f < taken; f++) visit(from + f, out[f]);
  }
}

/** Prim's algorithm among the pilots; every other feature is a leaf at the pilot it is linked to most. */
function treeOf(state: Linking): LinkTree {
  const { w, pilots, pilotAt, bottleneck, among, most, nearest, height } = state;
  const p = pilots.length;
  const links: { a: number; b: number; height: number }[] = [];
  const reach = new Float64Array(p).fill(-1);
  const via = new Int32Array(p);
  const isIn = new Uint8Array(p);
  for (let step = 0, last = 0; step < p; step++) {
    isIn[last] = 1;
    if (step > 0) links.push({ a: pilots[via[last]], b: pilots[last], height: reach[last] });
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
  for (let i = 0; i < w.features; i++) {
    if (pilotAt[i] < 0) links.push({ a: pilots[nearest[i]], b: i, height: height[i] });
  }
  links.sort((x, y) => x.height - y.height);
  const tight = new Float64Array(p * p);
  for (let i = 0; i < p; i++) tight.set(among.subarray(i * most, i * most + p), i * p);
  return {
    a: Int32Array.from(links, (link) => link.a),
    b: Int32Array.from(links, (link) => link.b),
    height: Float64Array.from(links, (link) => link.height),
    pilots: Int32Array.from(pilots),
    among: tight,
  };
}

/** What stands between groups when the `k` weakest links are cut, for every k from 0 to all; pairs of pilots alone. */
export interface CrossSums {
  /** Number of pairs. */
  readonly pairs: Float64Array;
  /** Sums of their similarities to the second and fourth power. */
  readonly squares: Float64Array;
  readonly fourths: Float64Array;
  /** Sums of (w_i . w_j)^2 and of n_i n_j. */
  readonly energy: Float64Array;
  readonly lengths: Float64Array;
}

/**
 * Sums over pairs of pilots in different groups, for all cuts at once: each pair is parted by the weakest link between
 * the two, and running sums from the weakest link on lose nothing to rounding. O(N + pilots^2).
 */
export function crossSums(tree: LinkTree, squaredNorm: Float64Array): CrossSums {
  const links = tree.height.length;
  const sums = (): Float64Array => new Float64Array(links + 1);
  const out = { pairs: sums(), squares: sums(), fourths: sums(), energy: sums(), lengths: sums() };
  const p = tree.pilots.length;
  const members: number[][] = Array.from(squaredNorm, () => []);
  tree.pilots.forEach((i, at) => members[i].push(at));
  const { find, join } = disjointSets(squaredNorm.length);
  for (let e = links - 1; e >= 0; e--) {
    const a = find(tree.a[e]);
    const b = find(tree.b[e]);
    for (const x of members[a]) {
      const nx = squaredNorm[tree.pilots[x]];
      for (const y of members[b]) {
        const ny = squaredNorm[tree.pilots[y]];
        const s2 = tree.among[x * p + y] ** 2;
        out.pairs[e + 1]++;
        out.squares[e + 1] += s2;
        out.fourths[e + 1] += s2 * s2;
        out.energy[e + 1] += s2 * (nx + ny);
        out.lengths[e + 1] += nx * ny;
      }
    }
    const root = join(a, b);
    const other = root === a ? b : a;
    // The shorter list is copied, whichever root it has.
    const [long, short] =
      members[root].length >= members[other].length
        ? [members[root], members[other]]
        : [members[other], members[root]];
    for (const x of short) long.push(x);
    members[root] = long;
  }
  for (const sum of Object.values(out)) {
    for (let k = 1; k <= links; k++) sum[k] += sum[k - 1];
  }
  return out;
}

/** Groups of features that the tree's links from `cut` on join: a label each, numbered by least feature. */
export function groupsOf(tree: LinkTree, features: number, cut: number): Int32Array {
  const { find, join } = disjointSets(features);
  for (let e = cut; e < tree.height.length; e++) join(tree.a[e], tree.b[e]);
  return labelled(features, find);
}
