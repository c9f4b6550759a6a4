import { FormatError } from './format-error.ts';

/**
 * Bytes that can be read at any place, so that one tensor of a large file costs only its own bytes.
 * A browser makes one from a `File` in one line, with `slice(a, b).arrayBuffer()`.
 */
export interface ByteSource {
  /** How error messages name it: the path or file name. */
  readonly name: string;
  /** The number of bytes. */
  readonly size: number;
  /**
   * Reads exactly `length` bytes from `offset`. The result belongs to the caller, who may overwrite it.
   *
   * Throws FormatError if the range does not lie within the source.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes in memory, named `name` in messages; reads copy. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => {
      checkRange({ name, size: bytes.length }, offset, length);
      // Not slice(): on a Node Buffer that would share memory instead of copying it.
      return new Uint8Array(bytes.subarray(offset, offset + length));
    },
  };
}

/**
 * Checks that `length` bytes from `offset` lie within a source.
 *
 * @throws FormatError if they do not.
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
      `${length} bytes at ${offset} lie beyond its ${source.size} bytes; the file is truncated or damaged`,
    );
  }
}

/** A view for reading the multi-byte fields of a header. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
