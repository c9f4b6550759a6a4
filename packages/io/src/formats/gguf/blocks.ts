import type { ByteSource } from '../../bytes/byte-source.ts';
import { viewOf } from '../../bytes/byte-source.ts';
import type { BlockFormat } from './block.ts';
import { growingSteps, growingStepsInGroups, microscaling, smallScales } from './codes.ts';
import { iq1m, iq1s, iq2s, iq2xs, iq2xxs, iq3s, iq3xxs } from './grid-types.ts';
import { readHalf } from './half.ts';
import {
  quarters,
  signs,
  ternaryInBytes,
  ternaryInTwoBits,
  threeBitSteps,
  twoBitSteps,
} from './low-bits.ts';
import { groupsOf32, sixBits } from './superblocks.ts';
import type { TensorEntry } from '../../tensors/tensor.ts';
import { checkElements, type TensorReader } from '../../tensors/tensor-reader.ts';

/**
 * A block of 32 elements of 4 or 5 bits with a scale, and either an offset or a zero in the middle of the range.
 * Element i has its lower four bits in the lower half of byte i, element i + 16 in the upper half; the fifth bits are
 * in a separate word.
 */
function nibbles(fifth: boolean, offset: boolean): BlockFormat {
  const headBytes = (offset ? 4 : 2) + (fifth ? 4 : 0);
  const zero = offset ? 0 : fifth ? 16 : 8;
  return {
    elements: 32,
    bytes: headBytes + 16,
    decode: (view, at, littleEndian, out, to) => {
      const scale = readHalf(view, at, littleEndian);
      // -0 keeps the sign of a negative scale times 0.
      const minimum = offset ? readHalf(view, at + 2, littleEndian) : -0;
      const high = fifth ? view.getUint32(at + headBytes - 4, littleEndian) : 0;
      for (let i = 0; i < 16; i++) {
        const byte = view.getUint8(at + headBytes + i);
        const low = (byte & 15) | (((high >>> i) & 1) << 4);
        const upper = (byte >> 4) | (((high >>> (i + 16)) & 1) << 4);
        // Scale times integer is exact in float32, so the only rounding is that of the sum, as in ggml.
        out[to + i] = scale * (low - zero) + minimum;
        out[to + i + 16] = scale * (upper - zero) + minimum;
      }
    },
  };
}

const Q8_0: BlockFormat = {
  elements: 32,
  bytes: 34,
  decode: (view, at, littleEndian, out, to) => {
    const scale = readHalf(view, at, littleEndian);
    for (let i = 0; i < 32; i++) out[to + i] = scale * view.getInt8(at + 2 + i);
  },
};

/** A float32 scale, and sums of blocks used in products, which are skipped. */
const Q8_K: BlockFormat = {
  elements: 256,
  bytes: 292,
  decode: (view, at, littleEndian, out, to) => {
    const scale = view.getFloat32(at, littleEndian);
    for (let i = 0; i < 256; i++) out[to + i] = scale * view.getInt8(at + 4 + i);
  },
};

/** Block types of ggml by name. Types without `decode` are only listed; no file holds Q8_1. Source: ggml-common.h. */
export const BLOCK_FORMATS: Readonly<Record<string, BlockFormat>> = {
  Q4_0: nibbles(false, false),
  Q4_1: nibbles(false, true),
  Q5_0: nibbles(true, false),
  Q5_1: nibbles(true, true),
  Q8_0,
  Q8_1: { elements: 32, bytes: 36 },
  Q2_K: { elements: 256, bytes: 84, decode: twoBitSteps },
  Q3_K: { elements: 256, bytes: 110, decode: threeBitSteps },
  Q4_K: { elements: 256, bytes: 144, decode: groupsOf32(false) },
  Q5_K: { elements: 256, bytes: 176, decode: groupsOf32(true) },
  Q6_K: { elements: 256, bytes: 210, decode: sixBits },
  Q8_K,
  IQ2_XXS: { elements: 256, bytes: 66, decode: iq2xxs },
  IQ2_XS: { elements: 256, bytes: 74, decode: iq2xs },
  IQ3_XXS: { elements: 256, bytes: 98, decode: iq3xxs },
  IQ1_S: { elements: 256, bytes: 50, decode: iq1s },
  IQ4_NL: { elements: 32, bytes: 18, decode: growingSteps },
  IQ3_S: { elements: 256, bytes: 110, decode: iq3s },
  IQ2_S: { elements: 256, bytes: 82, decode: iq2s },
  IQ4_XS: { elements: 256, bytes: 136, decode: growingStepsInGroups },
  IQ1_M: { elements: 256, bytes: 56, decode: iq1m },
  TQ1_0: { elements: 256, bytes: 54, decode: ternaryInBytes },
  TQ2_0: { elements: 256, bytes: 66, decode: ternaryInTwoBits },
  MXFP4: { elements: 32, bytes: 17, decode: microscaling },
  NVFP4: { elements: 64, bytes: 36, decode: smallScales },
  Q1_0: { elements: 128, bytes: 18, decode: signs },
  Q2_0: quarters(64),
  PQ2_0: quarters(128),
};

/** Reads elements from quantised blocks in any ranges; only the blocks that hold them are read. */
export function blockNumbers(
  source: ByteSource,
  entry: TensorEntry,
  { elements, bytes, decode }: Required<BlockFormat>,
  littleEndian: boolean,
): TensorReader {
  return {
    entry,
    precision: 'float32',
    order: 'C',
    read: async (first, count) => {
      checkElements(entry, first, count);
      if (count === 0) return new Float32Array(0);
      const from = Math.floor(first / elements);
      const blocks = Math.ceil((first + count) / elements) - from;
      const view = viewOf(await source.read(entry.byteOffset + from * bytes, blocks * bytes));
      const out = new Float32Array(blocks * elements);
      for (let block = 0; block < blocks; block++) {
        decode(view, block * bytes, littleEndian, out, block * elements);
      }
      const skipped = first - from * elements;
      return count === out.length ? out : out.slice(skipped, skipped + count);
    },
  };
}
