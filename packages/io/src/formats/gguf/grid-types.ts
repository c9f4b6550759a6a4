import type { Decode } from './block.ts';
import {
  eightsOf1024,
  eightsOf256,
  eightsOf512,
  foursOf256,
  foursOf512,
  ternaryOf2048,
} from './grids.ts';
import { halfOf, readHalf } from './half.ts';

/*
 * The "IQ" types of ggml with one to three bits: blocks of 256 elements, in runs of eight or four that are listed in a
 * table, with signs. Source: ggml-quants.c, dequantize_row_iq2_xxs, _iq2_xs, _iq2_s, _iq3_xxs, _iq3_s, _iq1_s and
 * _iq1_m. Every product is exact in float32.
 */

/** Writes run `number` of a table; elements whose bit in `signs` is set are negated. */
// Many parameters because it is an inner loop, and an object per call costs time.
function run(
  table: Int8Array,
  size: number,
  number: number,
  signs: number,
  scale: number,
  out: Float32Array,
  to: number,
): void {
  for (let i = 0; i < size; i++) {
    const value = table[size * number + i];
    out[to + i] = scale * ((signs >> i) & 1 ? -value : value);
  }
}

/** Restores eight signs from seven: the number of negative ones is even. */
function evenSigns(seven: number): number {
  let parity = seven;
  for (const shift of [4, 2, 1]) parity ^= parity >> shift;
  return seven | ((parity & 1) << 7);
}

function nibble(view: DataView, at: number, i: number): number {
  return (view.getUint8(at + (i >> 1)) >> (4 * (i & 1))) & 15;
}

/** IQ2_XXS: groups of 32 with four 8-bit indices and a word of four times seven signs and a scale in its top bits. */
export const iq2xxs: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at, littleEndian);
  for (let group = 0; group < 8; group++) {
    const numbers = at + 2 + 8 * group;
    const word = view.getUint32(numbers + 4, littleEndian);
    const step = scale * (0.5 + (word >>> 28)) * 0.25;
    for (let j = 0; j < 4; j++) {
      const signs = evenSigns((word >>> (7 * j)) & 127);
      run(eightsOf256(), 8, view.getUint8(numbers + j), signs, step, out, to + 32 * group + 8 * j);
    }
  }
};

/** IQ2_XS: words of a 9-bit index and seven signs; one 4-bit scale for every two of them. */
export const iq2xs: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at, littleEndian);
  for (let k = 0; k < 32; k++) {
    const word = view.getUint16(at + 2 + 2 * k, littleEndian);
    const step = scale * (0.5 + nibble(view, at + 66, k >> 1)) * 0.25;
    run(eightsOf512(), 8, word & 511, evenSigns(word >> 9), step, out, to + 8 * k);
  }
};

/** IQ2_S: as IQ2_XS with 10-bit indices, whose upper two bits are in separate bytes, and all eight signs. */
export const iq2s: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at, littleEndian);
  for (let k = 0; k < 32; k++) {
    const upper = (view.getUint8(at + 66 + (k >> 2)) >> (2 * (k & 3))) & 3;
    const step = scale * (0.5 + nibble(view, at + 74, k >> 1)) * 0.25;
    const number = view.getUint8(at + 2 + k) | (upper << 8);
    run(eightsOf1024(), 8, number, view.getUint8(at + 34 + k), step, out, to + 8 * k);
  }
};

/** IQ3_XXS: runs of four; the signs and scale of a group of 32 are in a word, as in IQ2_XXS. */
export const iq3xxs: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at, littleEndian);
  for (let k = 0; k < 64; k++) {
    const word = view.getUint32(at + 66 + 4 * (k >> 3), littleEndian);
    const step = scale * (0.5 + (word >>> 28)) * 0.5;
    const signs = evenSigns((word >>> (7 * ((k >> 1) & 3))) & 127) >> (4 * (k & 1));
    run(foursOf256(), 4, view.getUint8(at + 2 + k), signs, step, out, to + 4 * k);
  }
};

/** IQ3_S: runs of four with 9-bit indices, all signs, and a 4-bit scale per group of 32. */
export const iq3s: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at, littleEndian);
  for (let k = 0; k < 64; k++) {
    const upper = (view.getUint8(at + 66 + (k >> 3)) >> (k & 7)) & 1;
    const step = scale * (1 + 2 * nibble(view, at + 106, k >> 3));
    const signs = nibble(view, at + 74, k);
    run(foursOf512(), 4, view.getUint8(at + 2 + k) | (upper << 8), signs, step, out, to + 4 * k);
  }
};

/** Shift of the elements of IQ1_S and IQ1_M away from -1, 0 and 1. */
const DELTA = 1 / 8;

function ternaryRun(
  number: number,
  delta: number,
  scale: number,
  out: Float32Array,
  to: number,
): void {
  const table = ternaryOf2048();
  for (let i = 0; i < 8; i++) out[to + i] = scale * (table[8 * number + i] + delta);
}

/** IQ1_S: groups of 32; a word has the upper three bits of four indices, a 3-bit scale, and the sign of the shift. */
export const iq1s: Decode = (view, at, littleEndian, out, to) => {
  const scale = readHalf(view, at, littleEndian);
  for (let k = 0; k < 32; k++) {
    const word = view.getUint16(at + 34 + 2 * (k >> 2), littleEndian);
    const number = view.getUint8(at + 2 + k) | (((word >> (3 * (k & 3))) & 7) << 8);
    const step = scale * (2 * ((word >> 12) & 7) + 1);
    ternaryRun(number, word & 0x8000 ? -DELTA : DELTA, step, out, to + 8 * k);
  }
};

/**
 * IQ1_M: upper index bits and signs of the shift in nibbles; scales of groups of 16 in words, whose upper nibbles form
 * the scale of the block.
 */
export const iq1m: Decode = (view, at, littleEndian, out, to) => {
  const word = (i: number) => view.getUint16(at + 48 + 2 * i, littleEndian);
  const scale = halfOf([0, 1, 2, 3].reduce((half, i) => half | ((word(i) >> 12) << (4 * i)), 0));
  for (let k = 0; k < 32; k++) {
    const upper = nibble(view, at + 32, k);
    const number = view.getUint8(at + k) | ((upper & 7) << 8);
    const step = scale * (2 * ((word(k >> 3) >> (3 * ((k >> 1) & 3))) & 7) + 1);
    ternaryRun(number, upper & 8 ? -DELTA : DELTA, step, out, to + 8 * k);
  }
};
