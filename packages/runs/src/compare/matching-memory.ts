/** Most pairs that are assigned one to one when that is asked for: 1.6 GB, and minutes for random directions. */
export const largestMatching = 4e8;

/**
 * Memory of one-to-one matching, which keeps the cosines of all pairs.
 *
 * @param featuresA N of the first dictionary.
 * @param featuresB N of the second dictionary.
 * @returns number of bytes.
 * @example
 * ```js
 * import { matchingBytes } from 'polysem/measure';
 * matchingBytes(10_000, 10_000); // 400000000
 * ```
 */
export function matchingBytes(featuresA: number, featuresB: number): number {
  return 4 * featuresA * featuresB;
}
