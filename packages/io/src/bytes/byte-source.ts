import { FormatError } from './format-error.ts';

/**
 * Bytes that can be read at any offset, so that reading one tensor of a large file costs only the bytes of that tensor.
 */
export interface ByteSource {
  /** Name in error messages: the path or file name. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** True if the name says nothing about the format, as that of standard input; text then counts as CSV. */
  readonly isUnnamed?: boolean;
  /**
   * Reads exactly `length` bytes from `offset`. The result belongs to the caller, who may overwrite it.
   *
   * Rejects with FormatError if the range exceeds the source.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Makes a source of bytes in memory. Reads return copies.
 *
 * @param name the name in error messages.
 * @param bytes the content; must not change afterwards.
 * @returns a source of `bytes.length` bytes.
 * @example
 * ```js
 * import { bytesSource } from 'polysem/io';
 * const source = bytesSource('four.bin', Uint8Array.of(1, 2, 3, 4));
 * (await source.read(1, 2))[0]; // 2
 * ```
 */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => {
      checkRange({ name, size: bytes.length }, offset, length);
      // slice() of a Node Buffer would share the memory.
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
  };
}

/**
 * Checks that a source has `length` bytes from `offset`.
 *
 * @throws FormatError if it does not.
 */
export function checkRange(
  source: Pick<ByteSource, 'name' | 'size'>,
  offset: number,
  length: number,
): void {
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (!valid || offset < 0 || length < 0 || offset + length > source.size) {
    throw new FormatError(
      source.name,
      `${length} bytes at offset ${offset} exceed its ${source.size} bytes; the file is truncated or damaged`,
    );
  }
}

/** A view for reading multi-byte fields. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
