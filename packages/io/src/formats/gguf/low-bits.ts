import type { BlockFormat, Decode } from './block.ts';
import { readHalf } from './half.ts';

/*
 * Types of ggml with one to three bits or three values per element. Source: ggml-quants.c, dequantize_row_q1_0, _q2_0,
 * _q2_K, _q3_K, _tq1_0, _tq2_0. Every product is exact in float32, so the only rounding is that of a
 * difference.
 */

/** Returns the two bits of element e of 256. Elements 32 apart share a byte; 128 elements take 32 bytes. */
function twoBits(view: DataView, at: number, e: number): number {
  return (view.getUint8(at + 32 * (e >> 7) + (e & 31)) >> (2 * ((e >> 5) & 3))) & 3;
}

/** Q1_0: one bit per element, the lowest bit of a byte first: the scale with a plus or a minus. */
export const signs: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at, littleEndian);
  for (let e = 0; e < 128; e++) {
    out[to + e] = (view.getUint8(at + 2 + (e >> 3)) >> (e & 7)) & 1 ? scale : -scale;
  }
};

/** Q2_0: two bits per element, the lowest of a byte first, which mean -1, 0, 1 and 2 times the scale. */
export function quarters(elements: number): BlockFormat {
  return {
    elements,
    bytes: 2 + elements / 4,
    decode: (view, at, littleEndian, out, to) => {
      const scale = readHalf(view, at, littleEndian);
      for (let e = 0; e < elements; e++) {
        const code = (view.getUint8(at + 2 + (e >> 2)) >> (2 * (e & 3))) & 3;
        out[to + e] = (code - 1) * scale;
      }
    },
  };
}

/** Q2_K: 16 groups of 16, each with a 4-bit scale and a 4-bit minimum. */
export const twoBitSteps: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at + 80, littleEndian);
  const minimum = readHalf(view, at + 82, littleEndian);
  for (let group = 0; group < 16; group++) {
    const packed = view.getUint8(at + group);
    const step = scale * (packed & 15);
    const lowest = minimum * (packed >> 4);
    for (let e = 16 * group; e < 16 * group + 16; e++) {
      out[to + e] = step * twoBits(view, at + 16, e) - lowest;
    }
  }
};

/**
 * Q3_K: 16 groups of 16 with 6-bit scales that start at -32. Two bits of each element are stored as in Q2_K, the third
 * in separate bytes, where 0 means -4. Nibbles hold the lower four bits of the scales, the last four bytes the upper
 * two.
 */
export const threeBitSteps: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at + 108, littleEndian);
  for (let group = 0; group < 16; group++) {
    const lower = (view.getUint8(at + 96 + (group & 7)) >> (4 * (group >> 3))) & 15;
    const upper = (view.getUint8(at + 104 + (group & 3)) >> (2 * (group >> 2))) & 3;
    const step = scale * ((lower | (upper << 4)) - 32);
    for (let e = 16 * group; e < 16 * group + 16; e++) {
      const isHigh = (view.getUint8(at + (e & 31)) >> (e >> 5)) & 1;
      out[to + e] = step * (twoBits(view, at + 32, e) - (isHigh ? 0 : 4));
    }
  }
};

/** TQ2_0: -1, 0 or 1 in two bits, with one scale. */
export const ternaryInTwoBits: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at + 64, littleEndian);
  for (let e = 0; e < 256; e++) out[to + e] = scale * (twoBits(view, at, e) - 1);
};

/** Runs of bytes of TQ1_0: offset, number of bytes, and digits per byte. */
const TERNARY_RUNS = [
  [0, 32, 5],
  [32, 16, 5],
  [48, 4, 4],
] as const;

const POWERS_OF_3 = [1, 3, 9, 27, 81];

/**
 * TQ1_0: -1, 0 or 1 as base-3 digits. A byte is a fraction of 243, rounded up; multiplying by 3 moves the next digit to
 * the top.
 */
export const ternaryInBytes: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at + 52, littleEndian);
  let e = to;
  for (const [begin, count, digits] of TERNARY_RUNS) {
    for (let digit = 0; digit < digits; digit++) {
      for (let i = 0; i < count; i++) {
        const rest = (view.getUint8(at + begin + i) * POWERS_OF_3[digit]) & 255;
        out[e++] = scale * (((rest * 3) >> 8) - 1);
      }
    }
  }
};
