import type { Precision } from '@polysem/core/embedding';
import { DTYPE_BITS, type NumericDType } from './dtype.ts';
import { wideningTable } from './widening.ts';

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The precision that holds every element of a dtype exactly (64-bit integers up to 2^53). */
export function precisionOf(dtype: NumericDType): Precision {
  return /^(?:F64|[IU](?:32|64))$/.test(dtype) ? 'float64' : 'float32';
}

/**
 * Decodes stored elements exactly: F64 and integers of 32 and 64 bits to a Float64Array, F32 and shorter types to a
 * Float32Array. 64-bit integers are rounded to the nearest double.
 *
 * @param bytes the elements; may be overwritten or become the memory of the result.
 * @param room where to put short numbers, if it is given and has the right length.
 */
export function decodeNumbers(
  dtype: NumericDType,
  bytes: Uint8Array,
  littleEndian = true,
  room?: Float32Array | Float64Array,
): Float64Array | Float32Array {
  const itemSize = DTYPE_BITS[dtype] / 8;
  const own = bytes.byteOffset % itemSize === 0 ? bytes : new Uint8Array(bytes);
  if (littleEndian !== HOST_IS_LITTLE_ENDIAN) reverseItems(own, itemSize);
  const { buffer, byteOffset } = own;
  const count = own.length / itemSize;
  const single = (): Float32Array =>
    room instanceof Float32Array && room.length === count ? room : new Float32Array(count);
  const filled = (stored: ArrayLike<number>): Float32Array => {
    const out = single();
    out.set(stored);
    return out;
  };
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer, byteOffset, count);
    case 'F32':
      return new Float32Array(buffer, byteOffset, count);
    case 'F16':
      return lookUp(new Uint16Array(buffer, byteOffset, count), wideningTable(dtype), single());
    case 'BF16':
      return widenBF16(new Uint16Array(buffer, byteOffset, count), single());
    case 'F8_E4M3':
    case 'F8_E5M2':
    case 'F8_E4M3FNUZ':
    case 'F8_E5M2FNUZ':
      return lookUp(own, wideningTable(dtype), single());
    case 'I8':
      return filled(new Int8Array(buffer, byteOffset, count));
    case 'U8':
      return filled(own);
    case 'I16':
      return filled(new Int16Array(buffer, byteOffset, count));
    case 'U16':
      return filled(new Uint16Array(buffer, byteOffset, count));
    case 'I32':
      return new Float64Array(new Int32Array(buffer, byteOffset, count));
    case 'U32':
      return new Float64Array(new Uint32Array(buffer, byteOffset, count));
    case 'I64':
      return joinHalves(new Uint32Array(buffer, byteOffset, 2 * count), true);
    case 'U64':
      return joinHalves(new Uint32Array(buffer, byteOffset, 2 * count), false);
  }
}

/** Encodes numbers as little-endian bytes, 8 per element of a Float64Array and 4 of a Float32Array. */
export function encodeNumbers(data: Float64Array | Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (!HOST_IS_LITTLE_ENDIAN) reverseItems(bytes, data.BYTES_PER_ELEMENT);
  return bytes;
}

// Both loops are unrolled by eight, which halves their time; V8 does not unroll.

function lookUp(
  stored: Uint16Array | Uint8Array,
  table: Uint32Array,
  out: Float32Array,
): Float32Array {
  const count = stored.length;
  const bits = bitsOf(out);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    bits[i] = table[stored[i]];
    bits[i + 1] = table[stored[i + 1]];
    bits[i + 2] = table[stored[i + 2]];
    bits[i + 3] = table[stored[i + 3]];
    bits[i + 4] = table[stored[i + 4]];
    bits[i + 5] = table[stored[i + 5]];
    bits[i + 6] = table[stored[i + 6]];
    bits[i + 7] = table[stored[i + 7]];
  }
  for (; i < count; i++) bits[i] = table[stored[i]];
  return out;
}

function widenBF16(stored: Uint16Array, out: Float32Array): Float32Array {
  // A bfloat16 number is the upper half of a float32.
  const count = stored.length;
  const bits = bitsOf(out);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    bits[i] = stored[i] << 16;
    bits[i + 1] = stored[i + 1] << 16;
    bits[i + 2] = stored[i + 2] << 16;
    bits[i + 3] = stored[i + 3] << 16;
    bits[i + 4] = stored[i + 4] << 16;
    bits[i + 5] = stored[i + 5] << 16;
    bits[i + 6] = stored[i + 6] << 16;
    bits[i + 7] = stored[i + 7] << 16;
  }
  for (; i < count; i++) bits[i] = stored[i] << 16;
  return out;
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}

function joinHalves(halves: Uint32Array, signed: boolean): Float64Array {
  const out = new Float64Array(halves.length / 2);
  const high = HOST_IS_LITTLE_ENDIAN ? 1 : 0;
  for (let i = 0; i < out.length; i++) {
    const upper = halves[2 * i + high];
    // The only rounding is that of the sum: the product and both halves are exact.
    out[i] = (signed ? upper | 0 : upper) * 2 ** 32 + halves[2 * i + 1 - high];
  }
  return out;
}

function reverseItems(bytes: Uint8Array, itemSize: number): void {
  for (let i = 0; i < bytes.length; i += itemSize) bytes.subarray(i, i + itemSize).reverse();
}
