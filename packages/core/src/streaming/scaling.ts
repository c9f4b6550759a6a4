import type { Vectors } from '@polysem/numerics/dense';

/** Magnitudes between which entries need no scaling: their squares are far from the limits of float32. */
const SMALL = 2 ** -16;
const LARGE = 2 ** 16;

/** A power of two that brings a number near 1; 1 if it is near enough or 0. */
export function scaleOf(largest: number): number {
  if (largest === 0 || (largest > SMALL && largest < LARGE)) return 1;
  return 2 ** Math.max(-1022, Math.min(1022, -Math.floor(Math.log2(largest))));
}

/** The largest magnitude in a chunk. @throws RangeError if a number is not finite, naming its place. */
export function largestEntry(
  chunk: Vectors,
  dims: number,
  firstFeature: number,
  name: string,
): number {
  let largest = 0;
  for (let j = 0; j < chunk.length; j++) largest = Math.max(largest, Math.abs(chunk[j]));
  if (largest < Infinity) return largest;
  const at = chunk.findIndex((value) => !Number.isFinite(value));
  throw new RangeError(
    `${name}: feature ${firstFeature + Math.floor(at / dims)} has ${chunk[at]} in dimension ${at % dims}`,
  );
}

/** Multiplies a chunk by a power of two. */
export function multiply(chunk: Vectors, factor: number): void {
  if (factor === 1) return;
  for (let j = 0; j < chunk.length; j++) chunk[j] *= factor;
}

/**
 * Multiplies each vector by a power of two, exactly, so that neither its entries nor squares of its coordinates underflow:
 * by `scale` if that suffices, otherwise by one that brings its largest entry near 1.
 *
 * @returns the factor of each feature.
 */
export function scaleNearOne(
  chunk: Vectors,
  count: number,
  dims: number,
  scale: number,
): Float64Array {
  const factors = new Float64Array(count);
  for (let f = 0; f < count; f++) {
    const end = (f + 1) * dims;
    let largest = 0;
    for (let j = f * dims; j < end; j++) largest = Math.max(largest, Math.abs(chunk[j]));
    const scaled = largest * scale;
    // A subnormal number, whose product is not exact, is too small here and gets its own factor.
    const factor = scaled > SMALL && scaled < LARGE ? scale : scaleOf(largest);
    factors[f] = factor;
    if (factor !== 1) for (let j = f * dims; j < end; j++) chunk[j] *= factor;
  }
  return factors;
}
