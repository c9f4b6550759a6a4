import type { FeatureSource } from '../../embedding/feature-source.ts';
import { places } from '../choose-precision.ts';

/** Size of the sample, and number of parts of the source that it comes from. */
const SAMPLE = 2048;
const PLACES = 16;

/**
 * The density of random sparse vectors that are spread over as many axes as those of a source: 3 / D times the mean over
 * features of (sum_d w_d^2)^2 / sum_d w_d^4 (which is D / 3 for normal entries), at most 1. Reads 2048 features from 16 parts
 * of the source and ignores zero vectors; 1 if all are zero.
 *
 * @param source the features.
 * @returns the density, in (0, 1].
 * @example
 * ```js
 * import { densityOfEntries, gaussianSource } from 'polysem/streaming';
 * (await densityOfEntries(gaussianSource({ dims: 1, features: 8, seed: 1 }))) === 1; // true
 * ```
 */
export async function densityOfEntries(source: FeatureSource): Promise<number> {
  const { dims, features } = source;
  let sum = 0;
  let seen = 0;
  for (const { first, count } of places(features, SAMPLE, PLACES)) {
    // oxlint-disable-next-line no-await-in-loop -- one chunk is in memory at a time
    const chunk = await source.read(first, count);
    for (let f = 0; f < count; f++) {
      const vector = chunk.subarray(f * dims, (f + 1) * dims);
      let largest = 0;
      for (const value of vector) largest = Math.max(largest, Math.abs(value));
      if (largest === 0) continue;
      let squares = 0;
      let fourths = 0;
      for (const value of vector) {
        const square = (value / largest) ** 2;
        squares += square;
        fourths += square * square;
      }
      sum += (squares * squares) / fourths;
      seen++;
    }
  }
  return seen === 0 ? 1 : Math.min(1, (3 * sum) / seen / dims);
}
