/** A partition of 0 .. n - 1 whose groups can be joined. The root of a group is its smallest member. */
export interface DisjointSets {
  readonly find: (i: number) => number;
  /** Joins the groups of two members, and returns the root of the joined group. */
  readonly join: (i: number, j: number) => number;
}

/** The partition into n groups of one member (union-find with path halving; Tarjan & van Leeuwen 1984). */
export function disjointSets(n: number): DisjointSets {
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  const join = (i: number, j: number): number => {
    const a = find(i);
    const b = find(j);
    const root = Math.min(a, b);
    parent[Math.max(a, b)] = root;
    return root;
  };
  return { find, join };
}

/** The group of each member, with groups numbered from 0 in order of their smallest members. */
export function labelled(n: number, find: (i: number) => number): Int32Array {
  const label = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const root = find(i);
    if (root === i) label[i] = count++;
    else label[i] = label[root];
  }
  return label;
}
