import { disjointSets, labelled } from './disjoint-sets.ts';
import type { LinkTree } from './linking.ts';

/** Sums over pairs of pilots in different groups, one number for each k: the sums after cutting the `k` weakest links. */
export interface CrossSums {
  /** Number of pairs. */
  readonly pairs: Float64Array;
  /** Sums of squares and fourth powers of their similarities. */
  readonly squares: Float64Array;
  readonly fourths: Float64Array;
  /** Sums of (w_i . w_j)^2 and of n_i n_j. */
  readonly energy: Float64Array;
  readonly lengths: Float64Array;
}

/**
 * Sums over pairs of pilots in different groups, for all cuts at once. Each pair is separated by the weakest link on the path
 * between the two, and only positive numbers are added, from the weakest link on. O(N + pilots^2).
 */
export function crossSums(tree: LinkTree, squaredNorm: Float64Array): CrossSums {
  const links = tree.height.length;
  const sums = (): Float64Array => new Float64Array(links + 1);
  const out = { pairs: sums(), squares: sums(), fourths: sums(), energy: sums(), lengths: sums() };
  const p = tree.pilots.length;
  // Groups without a pilot contribute nothing.
  const members = new Map<number, number[]>();
  tree.pilots.forEach((i, at) => members.set(i, [at]));
  const { find, join } = disjointSets(squaredNorm.length);
  for (let e = links - 1; e >= 0; e--) {
    const a = find(tree.a[e]);
    const b = find(tree.b[e]);
    const ofA = members.get(a) ?? [];
    const ofB = members.get(b) ?? [];
    for (const x of ofA) {
      const nx = squaredNorm[tree.pilots[x]];
      for (const y of ofB) {
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
    const ofRoot = root === a ? ofA : ofB;
    const ofOther = root === a ? ofB : ofA;
    // The shorter list is appended to the longer one.
    const [long, short] = ofRoot.length >= ofOther.length ? [ofRoot, ofOther] : [ofOther, ofRoot];
    for (const x of short) long.push(x);
    if (long.length > 0) members.set(root, long);
    members.delete(other);
  }
  for (const sum of Object.values(out)) {
    for (let k = 1; k <= links; k++) sum[k] += sum[k - 1];
  }
  return out;
}

/** The group of each feature after cutting the `cut` weakest links. Groups are numbered in order of their first features. */
export function groupsOf(tree: LinkTree, features: number, cut: number): Int32Array {
  const { find, join } = disjointSets(features);
  for (let e = cut; e < tree.height.length; e++) join(tree.a[e], tree.b[e]);
  return labelled(features, find);
}
