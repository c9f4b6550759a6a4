import type { FeatureSource } from '../../embedding/feature-source.ts';
import { places } from '../choose-precision.ts';

/** So many features, from so many places, stand for all. */
const SAMPLE = 2048;
const PLACES = 16;

/**
 * The density of entries of a sparse matrix at random whose vectors lie along as many axes as those of a source do: 3 / D of
 * the mean over features of (sum_d w_d^2)^2 / sum_d w_d^4, which is D / 3 for normal entries; at most 1. Looks at 2048
 * features from 16 places, and passes zero vectors over; 1 where there is none other.
 */
export async function densityOfEntries(source: FeatureSource): Promise<number> {
  const { dims, features } = source;
  let sum = 0;
  let seen = 0;
  for (const { first, count } of places(features, SAMPLE, PLACES)) {
    // oxlint-disable-next-line no-await-in-loop -- one block at a time is in memory
    const block = await source.read(first, count);
    for (let f = 0; f < count; f++) {
      const vector = block.subarray(f * dims, (f + 1) * dims);
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
