/** A feature counts as represented if its vector is longer than this fraction of the longest. */
const REPRESENTED = 0.5;

/**
 * Number of features that are represented: those whose vectors are longer than half the longest.
 *
 * @param squaredNorm squared length of the vector of each feature.
 * @returns the number.
 *
 * @example
 * ```js
 * import { representedFeatures } from 'polysem/runs';
 * representedFeatures([1, 0.3, 0.2]); // 2
 * ```
 */
export function representedFeatures(squaredNorm: ArrayLike<number>): number {
  let longest = 0;
  for (let i = 0; i < squaredNorm.length; i++) longest = Math.max(longest, squaredNorm[i]);
  let count = 0;
  for (let i = 0; i < squaredNorm.length; i++)
    if (squaredNorm[i] > REPRESENTED ** 2 * longest) count++;
  return count;
}
