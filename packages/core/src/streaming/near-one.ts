import type { Block } from '@polysem/numerics/dense';

/** Entries of vectors that need no scale of their own: their squares are far from all bounds of float32. */
const SMALL = 2 ** -16;
const LARGE = 2 ** 16;

/** A power of two that brings a number near 1; 1 for one that is near enough, and for 0. */
export function scaleOf(largest: number): number {
  if (largest === 0 || (largest > SMALL && largest < LARGE)) return 1;
  return 2 ** Math.max(-1022, Math.min(1022, -Math.floor(Math.log2(largest))));
}

/** The largest entry of a block in magnitude. @throws RangeError if one is not finite, naming its place. */
export function largestEntry(
  block: Block,
  dims: number,
  firstFeature: number,
  name: string,
): number {
  let largest = 0;
  for (let j = 0; j < block.length; j++) largest = Math.max(largest, Math.abs(block[j]));
  if (largest < Infinity) return largest;
  const at = block.findIndex((value) => !Number.isFinite(value));
  throw new RangeError(
    `${name}: feature ${firstFeature + Math.floor(at / dims)} has ${block[at]} in dimension ${at % dims}`,
  );
}

/** Multiplies a whole block by a power of two. */
export function multiply(block: Block, factor: number): void {
  if (factor === 1) return;
  for (let j = 0; j < block.length; j++) block[j] *= factor;
}

/**
 * Multiplies each vector by a power of two, exactly, so that neither it nor squares of its coordinates vanish: `scale`
 * where that is enough, else one that brings its largest entry near 1.
 *
 * @returns the factors, one a feature.
 */
export function bringNearOne(
  block: Block,
  count: number,
  dims: number,
  scale: number,
): Float64Array {
  const factors = new Float64Array(count);
  for (let f = 0; f < count; f++) {
    const end = (f + 1) * dims;
    let largest = 0;
    for (let j = f * dims; j < end; j++) largest = Math.max(largest, Math.abs(block[j]));
    const scaled = largest * scale;
    // A product that is not exact, of a subnormal number, would be found too small here and scaled anew.
    const factor = scaled > SMALL && scaled < LARGE ? scale : scaleOf(largest);
    factors[f] = factor;
    if (factor !== 1) for (let j = f * dims; j < end; j++) block[j] *= factor;
  }
  return factors;
}
