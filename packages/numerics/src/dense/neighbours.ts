/** For each of some features, the one whose line is nearest to its own. */
export interface Neighbours {
  /** Its number, or -1 where there is none. */
  readonly index: Int32Array;
  /** The cosine, with its sign; 0 where there is no neighbour. Rounding may carry it a little beyond 1. */
  readonly cosine: Float64Array;
}

/** No neighbours yet, for N features. */
export function noNeighbours(features: number): Neighbours {
  return { index: new Int32Array(features).fill(-1), cosine: new Float64Array(features) };
}

/** Takes a neighbour over for a feature if it is nearer: of the larger |cosine|, or of the lower index at an equal one. */
export function takeNearer(into: Neighbours, feature: number, index: number, cosine: number): void {
  const nearer = Math.abs(cosine) - Math.abs(into.cosine[feature]);
  const known = into.index[feature];
  if (index < 0 || (known >= 0 && (nearer < 0 || (nearer === 0 && index > known)))) return;
  into.index[feature] = index;
  into.cosine[feature] = cosine;
}

/**
 * Takes over what was found for the features from `first` on, in a block that begins at feature `offset`, wherever it is
 * nearer. The order of such steps does not matter.
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
