import type { StreamNeighbours } from '@polysem/core/streaming';

/** Two features, the lower index first, and their cosine. */
export interface ParallelPair {
  readonly features: readonly [number, number];
  readonly cosine: number;
}

/**
 * Finds the most parallel pairs of a feature and its nearest neighbour.
 *
 * @param neighbours nearest neighbour and cosine of each feature.
 * @param count largest number of pairs.
 * @param isShown false for features to leave out.
 * @returns pairs by decreasing |cosine|.
 *
 * @example
 * ```js
 * import { parallelPairs } from 'polysem/measure';
 * const neighbours = { index: Int32Array.of(1, 0, 0), cosine: Float64Array.of(0.9, 0.9, 0.1) };
 * parallelPairs(neighbours, 1); // [{ features: [0, 1], cosine: 0.9 }]
 * ```
 */
export function parallelPairs(
  { index, cosine }: StreamNeighbours,
  count: number,
  isShown: (feature: number) => boolean = () => true,
): ParallelPair[] {
  const pairs: ParallelPair[] = [];
  index.forEach((j, i) => {
    // Mutual nearest neighbours count once.
    if (j < 0 || (index[j] === i && j < i) || !isShown(i) || !isShown(j)) return;
    pairs.push({ features: i < j ? [i, j] : [j, i], cosine: cosine[i] });
  });
  return pairs
    .toSorted((a, b) => Math.abs(b.cosine) - Math.abs(a.cosine) || a.features[0] - b.features[0])
    .slice(0, count);
}
