/** For each vector, the other vector whose line is nearest to its own. */
export interface Neighbours {
  /** Index of the neighbour, or -1 if there is none. */
  readonly index: Int32Array;
  /** The signed cosine; 0 if there is no neighbour. Rounding may put it slightly beyond 1. */
  readonly cosine: Float64Array;
}

/**
 * Neighbours of `count` vectors before any is found.
 *
 * @param count number of vectors.
 * @returns index -1 and cosine 0 for every vector.
 * @example
 * ```js
 * import { noNeighbours } from 'polysem/dense';
 * noNeighbours(2).index; // [-1, -1]
 * ```
 */
export function noNeighbours(count: number): Neighbours {
  return { index: new Int32Array(count).fill(-1), cosine: new Float64Array(count) };
}

/**
 * Records a neighbour if it is nearer: a larger |cosine|, or a lower index at an equal |cosine|.
 *
 * @param into neighbours found so far; changed.
 * @param at the vector whose neighbour it is.
 * @param index index of the neighbour; below 0 for none.
 * @param cosine cosine with the neighbour.
 * @example
 * ```js
 * import { noNeighbours, takeNearer } from 'polysem/dense';
 * const found = noNeighbours(1);
 * takeNearer(found, 0, 5, 0.5);
 * takeNearer(found, 0, 3, -0.9);
 * found.index; // [3]
 * ```
 */
export function takeNearer(into: Neighbours, at: number, index: number, cosine: number): void {
  const nearer = Math.abs(cosine) - Math.abs(into.cosine[at]);
  const known = into.index[at];
  if (index < 0 || (known >= 0 && (nearer < 0 || (nearer === 0 && index > known)))) return;
  into.index[at] = index;
  into.cosine[at] = cosine;
}

/**
 * Merges neighbours found for the vectors from `first` on, among a chunk that begins at vector `offset`. The order of
 * merges does not matter.
 *
 * @param into neighbours of all vectors; changed.
 * @param first the first vector that `found` is about.
 * @param found neighbours of consecutive vectors, with indices within a chunk.
 * @param offset the first vector of that chunk.
 * @example
 * ```js
 * import { mergeNeighbours, noNeighbours } from 'polysem/dense';
 * const all = noNeighbours(4);
 * mergeNeighbours(all, 0, { index: Int32Array.of(1), cosine: Float64Array.of(0.5) }, 2);
 * all.index; // [3, -1, -1, -1]
 * ```
 */
export function mergeNeighbours(
  into: Neighbours,
  first: number,
  found: Neighbours,
  offset: number,
): void {
  found.index.forEach((local, f) => {
    if (local >= 0) takeNearer(into, first + f, local + offset, found.cosine[f]);
  });
}
