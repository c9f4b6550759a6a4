import { STEPS } from './pack.ts';
import type { Program } from './program.ts';
import { LINE, PANEL, RUN } from './tile.ts';

/** A matrix packed for tiles: its steps in runs of RUN, each run strip by strip. */
export interface Packed {
  readonly address: number;
  readonly strips: number;
  /** Bytes of a strip per step. */
  readonly stepBytes: number;
  /** k, the length of the sums. */
  readonly steps: number;
  /** Bytes per number. */
  readonly bytes: number;
}

/** Size of a packed matrix in bytes. */
export function packedBytes({ strips, stepBytes, steps }: Omit<Packed, 'address'>): number {
  return Math.ceil(steps / RUN) * strips * RUN * stepBytes;
}

/** Address of a strip in a run. */
export function stripAt(
  { address, strips, stepBytes }: Packed,
  strip: number,
  chunk: number,
): number {
  return address + (chunk * strips + strip) * RUN * stepBytes;
}

/** Packs one strip with a transposing function. Its columns start at `from`, `steps` numbers each. */
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

/** Bytes of the products of one panel of A with one strip of B. */
export const SWEEP_BYTES: number = PANEL * LINE;

/** Strip `strip` of B times the strips of A from `first` to `end` - 1. */
export interface Sweep {
  readonly strip: number;
  readonly first: number;
  readonly end: number;
}

/**
 * Multiplies two packed matrices. The products of each sweep start at c, SWEEP_BYTES apart. `products` stores them for the
 * first run of steps; `moreProducts` adds the others.
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
