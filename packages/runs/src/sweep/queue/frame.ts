import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { bytesOf, decode, encode } from '../../store/encode.ts';

// A frame: length of the head in bytes, 4 bytes; the head as compressed JSON; typed arrays, such as weights.

const LENGTH_BYTES = 4;

/** Largest head, in bytes, before compression: a message of kilobytes must not take all memory. */
const MOST_HEAD_BYTES = 2 ** 27;

/**
 * Writes a value as bytes. NaN, infinities and typed arrays survive.
 *
 * @param value the value; see `encode`.
 * @returns the bytes; equal values have equal bytes.
 */
export function toFrame(value: unknown): Uint8Array {
  const { json, arrays } = encode(value);
  const head = deflateRawSync(JSON.stringify(json), { level: 1 });
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...arrays.map(bytesOf)]);
}

/**
 * Reads a value that {@link toFrame} wrote.
 *
 * @param bytes the frame.
 * @returns the value.
 * @throws Error if the bytes are not a frame.
 */
export function fromFrame(bytes: Uint8Array): unknown {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = LENGTH_BYTES + all.readUInt32LE(0);
  const limit = { maxOutputLength: MOST_HEAD_BYTES };
  const head = inflateRawSync(all.subarray(LENGTH_BYTES, at), limit).toString();
  return decode(JSON.parse(head), (Type, length) => {
    const to = at + length * Type.BYTES_PER_ELEMENT;
    // Before memory is taken. NaN fails too.
    if (!(length >= 0 && to <= all.length)) throw new RangeError('frame: shorter than its arrays');
    const numbers = new Type(length);
    bytesOf(numbers).set(all.subarray(at, to));
    at = to;
    return numbers;
  });
}
