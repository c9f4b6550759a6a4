import type { Precision } from '@polysem/core';
import { DTYPE_BITS, type FloatDType, type IntegerDType } from './dtype.ts';
import { widenBF16, widenF16 } from './half.ts';

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** What holds every element of a dtype exactly (64-bit integers up to 2^53): float64, or float32 where that is enough. */
export function precisionOf(dtype: FloatDType | IntegerDType): Precision {
  return /^(?:F64|[IU](?:32|64))$/.test(dtype) ? 'float64' : 'float32';
}

/**
 * Turns stored elements into numbers, exactly: F64 and integers of 32 bits into a Float64Array; F32,
 * F16, BF16 and shorter integers into a Float32Array. 64-bit integers are rounded to the nearest double.
 *
 * Takes over `bytes`: the result may be a view of them, and they may be overwritten.
 */
export function decodeNumbers(
  dtype: FloatDType | IntegerDType,
  bytes: Uint8Array,
  littleEndian = true,
): Float64Array | Float32Array {
  const itemSize = DTYPE_BITS[dtype] / 8;
  const own = bytes.byteOffset % itemSize === 0 ? bytes : new Uint8Array(bytes);
  if (littleEndian !== HOST_IS_LITTLE_ENDIAN) reverseItems(own, itemSize);
  const { buffer, byteOffset } = own;
  const count = own.length / itemSize;
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer, byteOffset, count);
    case 'F32':
      return new Float32Array(buffer, byteOffset, count);
    case 'F16':
      return widen(new Uint16Array(buffer, byteOffset, count), widenF16);
    case 'BF16':
      return widen(new Uint16Array(buffer, byteOffset, count), widenBF16);
    case 'I8':
      return new Float32Array(new Int8Array(buffer, byteOffset, count));
    case 'U8':
      return new Float32Array(own);
    case 'I16':
      return new Float32Array(new Int16Array(buffer, byteOffset, count));
    case 'U16':
      return new Float32Array(new Uint16Array(buffer, byteOffset, count));
    case 'I32':
      return new Float64Array(new Int32Array(buffer, byteOffset, count));
    case 'U32':
      return new Float64Array(new Uint32Array(buffer, byteOffset, count));
    case 'I64':
      return Float64Array.from(new BigInt64Array(buffer, byteOffset, count), Number);
    case 'U64':
      return Float64Array.from(new BigUint64Array(buffer, byteOffset, count), Number);
  }
}

/** The little-endian bytes of numbers, 8 per element of a Float64Array and 4 of a Float32Array; a copy. */
export function encodeNumbers(data: Float64Array | Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (!HOST_IS_LITTLE_ENDIAN) reverseItems(bytes, data.BYTES_PER_ELEMENT);
  return bytes;
}

function widen(stored: Uint16Array, toSingle: (bits: number) => number): Float32Array {
  // Written as bits: a number on its way through a float register could lose a NaN's payload.
  const bits = new Uint32Array(stored.length);
  for (let i = 0; i < stored.length; i++) bits[i] = toSingle(stored[i]);
  return new Float32Array(bits.buffer);
}

function reverseItems(bytes: Uint8Array, itemSize: number): void {
  for (let i = 0; i < bytes.length; i += itemSize) bytes.subarray(i, i + itemSize).reverse();
}
