import { STEPS } from './pack.ts';
import type { Program } from './program.ts';
import { LINE, PANEL, RUN } from './tile.ts';

/** A matrix packed for tiles: its steps in chunks of RUN, in each chunk strip after strip. */
export interface Packed {
  readonly address: number;
  readonly strips: number;
  /** Bytes of a strip for each step. */
  readonly stepBytes: number;
  /** k, the length of the sums that it is to be used in. */
  readonly steps: number;
  /** Of one number. */
  readonly bytes: number;
}

/** Bytes that a packed matrix takes. */
export function packedBytes({ strips, stepBytes, steps }: Omit<Packed, 'address'>): number {
  return Math.ceil(steps / RUN) * strips * RUN * stepBytes;
}

/** The address of a strip in a chunk. */
export function stripAt(
  { address, strips, stepBytes }: Packed,
  strip: number,
  chunk: number,
): number {
  return address + (chunk * strips + strip) * RUN * stepBytes;
}

/** Packs one strip by a transposing function: its columns stand at `from`, `steps` numbers each. */
export function packStrip(
  pack: Program['call'][string],
  to: Packed,
  strip: number,
  from: number,
): void {
  const { steps, bytes } = to;
  for (let k = 0; k < steps; k += RUN) {
    const whole = Math.ceil(Math.min(RUN, steps - k) / STEPS) * STEPS;
    pack(from + k * bytes, steps * bytes, whole, stripAt(to, strip, k / RUN));
  }
}

/** Bytes of the products of a panel of A with one strip of B. */
export const SWEEP_BYTES: number = PANEL * LINE;

/** Strip `strip` of B with the strips of A from `first` up to `end`. */
export interface Sweep {
  readonly strip: number;
  readonly first: number;
  readonly end: number;
}

/**
 * Products of two packed matrices, sweep after sweep at c, SWEEP_BYTES apart: with `products`, which stores, for the first
 * chunk of steps, and `moreProducts`, which adds, for others.
 */
export function multiplyPanel(
  { products, moreProducts }: Program['call'],
  a: Packed,
  b: Packed,
  c: number,
  sweeps: readonly Sweep[],
): void {
  const aStride = RUN * a.stepBytes;
  for (let chunk = 0; chunk * RUN < a.steps; chunk++) {
    const multiply = chunk === 0 ? products : moreProducts;
    const k = Math.min(RUN, a.steps - chunk * RUN);
    sweeps.forEach(({ strip, first, end }, at) => {
      const to = c + at * SWEEP_BYTES;
      multiply(stripAt(a, first, chunk), aStride, stripAt(b, strip, chunk), to, end - first, k);
    });
  }
}
