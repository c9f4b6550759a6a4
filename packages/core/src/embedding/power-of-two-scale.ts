import { embedding, type Embedding } from './embedding.ts';

/**
 * A power of two that brings the largest entry near 1, so that squares of squares neither overflow nor vanish; 1 where
 * that is no danger.
 *
 * @param caller the function that errors name.
 * @throws RangeError if W holds a number that is not finite, naming the place.
 */
export function powerOfTwoScale(w: Embedding, caller: string): number {
  let largest = 0;
  for (let j = 0; j < w.data.length; j++) {
    const magnitude = Math.abs(w.data[j]);
    if (!(magnitude < Infinity)) {
      throw new RangeError(
        `${caller}: feature ${Math.floor(j / w.dims)} has ${w.data[j]} in dimension ${j % w.dims}`,
      );
    }
    if (magnitude > largest) largest = magnitude;
  }
  if (largest === 0 || (largest > 2 ** -64 && largest < 2 ** 64)) return 1;
  return 2 ** Math.max(-1022, Math.min(1022, -Math.floor(Math.log2(largest))));
}

/** The embedding times a factor, of the same type; itself for the factor 1. */
export function rescaled(w: Embedding, factor: number): Embedding {
  if (factor === 1) return w;
  return embedding(w.dims, w.features, w.data.map((value) => value * factor) as typeof w.data);
}
