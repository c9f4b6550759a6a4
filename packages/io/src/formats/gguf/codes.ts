import type { Decode } from './block.ts';
import { readHalf } from './half.ts';

/*
 * Types of ggml whose elements are 4-bit indices into a table of sixteen values, times a scale. Source: ggml-quants.c,
 * dequantize_row_iq4_nl, _iq4_xs, _mxfp4 and _nvfp4; ggml-common.h, kvalues_iq4nl and kvalues_mxfp4. Every product is
 * exact in float32.
 */

/** Values that are denser near zero, as normally distributed weights are. */
const GROWING = new Int8Array([
  -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
]);
/** Floating-point values with a sign, two exponent bits and one fraction bit (E2M1), doubled. */
const E2M1 = Int8Array.of(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

/** Decodes a run: the first half of the elements is in the lower halves of bytes, the second half in the upper ones. */
// Many parameters because it is an inner loop, and an object per call costs time.
function codes(
  view: DataView,
  at: number,
  table: Int8Array,
  scale: number,
  out: Float32Array,
  to: number,
  half: number,
): void {
  for (let i = 0; i < half; i++) {
    const byte = view.getUint8(at + i);
    out[to + i] = scale * table[byte & 15];
    out[to + half + i] = scale * table[byte >> 4];
  }
}

/** IQ4_NL: 32 elements with one scale. */
export const growingSteps: Decode = (view, at, littleEndian, out, to) => {
  codes(view, at + 2, GROWING, readHalf(view, at, littleEndian), out, to, 16);
};

/** IQ4_XS: 8 groups of 32; the scale of a group has 6 bits, the lower four in nibbles, the upper two in one word. */
export const growingStepsInGroups: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at, littleEndian);
  const upper = view.getUint16(at + 2, littleEndian);
  for (let group = 0; group < 8; group++) {
    const lower = (view.getUint8(at + 4 + (group >> 1)) >> (4 * (group & 1))) & 15;
    const steps = (lower | (((upper >> (2 * group)) & 3) << 4)) - 32;
    codes(view, at + 8 + 16 * group, GROWING, scale * steps, out, to + 32 * group, 16);
  }
};

/** MXFP4: 32 elements with a power of two as scale, halved because the table is doubled. */
export const microscaling: Decode = (view, at, _, out, to) => {
  codes(view, at + 1, E2M1, 2 ** (view.getUint8(at) - 128), out, to, 16);
};

/** NVFP4: 4 groups of 16, each with a scale of four exponent bits and three fraction bits, halved as above. */
export const smallScales: Decode = (view, at, _, out, to) => {
  for (let group = 0; group < 4; group++) {
    const byte = view.getUint8(at + group);
    codes(view, at + 4 + 8 * group, E2M1, halfOfScale(byte), out, to + 16 * group, 8);
  }
};

function halfOfScale(byte: number): number {
  // NaN stands for 0; the sign is ignored.
  if (byte === 0x7f) return 0;
  const exponent = (byte >> 3) & 15;
  const fraction = (byte & 7) / 8;
  return exponent === 0 ? fraction * 2 ** -7 : (1 + fraction) * 2 ** (exponent - 8);
}
