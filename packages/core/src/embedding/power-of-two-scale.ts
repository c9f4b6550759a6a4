import { embedding, type Embedding } from './embedding.ts';

/**
 * A power of two that brings the largest entry near 1, so that fourth powers neither overflow nor underflow; 1 if there is
 * no such risk.
 *
 * @param caller name of the function for error messages.
 * @throws RangeError if an entry is not finite, naming its place.
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

/** The vectors times a factor, in the same type; the same object for the factor 1. */
export function rescaled(w: Embedding, factor: number): Embedding {
  if (factor === 1) return w;
  return embedding(w.dims, w.features, w.data.map((value) => value * factor) as typeof w.data);
}
