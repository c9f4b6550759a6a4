import type { Decode } from './block.ts';
import { readHalf } from './half.ts';

/*
 * The "K" types of ggml: 256 elements in groups, each with a scale of few bits, all times one half float. Source:
 * ggml-quants.c, dequantize_row_q4_K, _q5_K and _q6_K. Every product is exact in float32, so the only rounding is that
 * of a difference.
 */

/**
 * Q4_K and Q5_K: 8 groups of 32. The scale and minimum of a group have 6 bits each, packed into 12 bytes: those of the
 * first four groups are in the low bits of bytes 0 to 7, whose two high bits complete the nibbles of bytes 8 to 11 for
 * the other groups.
 */
export function groupsOf32(fifth: boolean): Decode {
  return (view, at, littleEndian, out, to) => {
    const scale = readHalf(view, at, littleEndian);
    const minimum = readHalf(view, at + 2, littleEndian);
    const packed = (i: number) => view.getUint8(at + 4 + i);
    const nibbles = at + (fifth ? 48 : 16);
    for (let group = 0; group < 8; group++) {
      const early = group < 4;
      const steps = early
        ? packed(group) & 63
        : (packed(group + 4) & 15) | ((packed(group - 4) >> 6) << 4);
      const lowest = early
        ? packed(group + 4) & 63
        : (packed(group + 4) >> 4) | ((packed(group) >> 6) << 4);
      for (let i = 0; i < 32; i++) {
        const byte = view.getUint8(nibbles + 32 * (group >> 1) + i);
        const high = fifth ? (view.getUint8(at + 16 + i) >> group) & 1 : 0;
        const value = ((byte >> (4 * (group & 1))) & 15) | (high << 4);
        out[to + 32 * group + i] = scale * steps * value - minimum * lowest;
      }
    }
  };
}

/** Q6_K: 16 groups of 16 with 8-bit scales; four bits of each element are in nibbles, two in separate bytes. */
export const sixBits: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at + 208, littleEndian);
  for (let element = 0; element < 256; element++) {
    const half = element >> 7;
    const quarter = (element >> 5) & 3;
    const low = view.getUint8(at + 64 * half + (element & 63)) >> (4 * (quarter >> 1));
    const high = view.getUint8(at + 128 + 32 * half + (element & 31)) >> (2 * quarter);
    const value = ((low & 15) | ((high & 3) << 4)) - 32;
    out[to + element] = scale * view.getInt8(at + 192 + (element >> 4)) * value;
  }
};
