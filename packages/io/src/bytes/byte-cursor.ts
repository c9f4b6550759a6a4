import { viewOf, type ByteSource } from './byte-source.ts';
import { FormatError } from './format-error.ts';

/** Reads consecutive fields of a source and keeps only a window of it in memory. */
export interface ByteCursor {
  readonly littleEndian: boolean;
  /** Offset of the next field in the source. */
  position(): number;
  /**
   * Loads the next `length` bytes; the methods below must not read beyond them. Returns undefined if they are loaded
   * already.
   */
  need(length: number): Promise<void> | undefined;
  uint16(): number;
  uint32(): number;
  /** Throws FormatError if the integer exceeds 2^53: no file has such a size or count. */
  uint64(): number;
  bytes(length: number): Uint8Array;
  view(length: number): DataView;
  /** Skips bytes without reading those outside the window. */
  skip(length: number): void;
}

const WINDOW = 1 << 16;

/** Makes a cursor over a source that starts at a byte. Its errors say that the header of the file is damaged. */
export function byteCursor(source: ByteSource, from: number, littleEndian: boolean): ByteCursor {
  let window: Uint8Array = new Uint8Array(0);
  let view = viewOf(window);
  let start = from;
  let at = 0;

  const take = (length: number): number => {
    at += length;
    return at - length;
  };
  const fill = async (length: number): Promise<void> => {
    start += at;
    at = 0;
    if (!(length <= source.size - start)) {
      throw new FormatError(
        source.name,
        `its header exceeds its ${source.size} bytes; the file is truncated or damaged`,
      );
    }
    window = await source.read(start, Math.min(Math.max(length, WINDOW), source.size - start));
    view = viewOf(window);
  };
  return {
    littleEndian,
    position: () => start + at,
    need: (length) => (length <= window.length - at ? undefined : fill(length)),
    uint16: () => view.getUint16(take(2), littleEndian),
    uint32: () => view.getUint32(take(4), littleEndian),
    uint64: () => {
      const value = Number(view.getBigUint64(take(8), littleEndian));
      if (Number.isSafeInteger(value)) return value;
      throw new FormatError(
        source.name,
        'a 64-bit field of its header exceeds 2^53; the file is damaged',
      );
    },
    bytes: (length) => {
      const begin = take(length);
      return window.slice(begin, begin + length);
    },
    view: (length) => new DataView(window.buffer, window.byteOffset + take(length), length),
    skip: (length) => {
      if (!(length <= source.size - start - at)) {
        throw new FormatError(
          source.name,
          `its header exceeds its ${source.size} bytes; the file is truncated or damaged`,
        );
      }
      if (length <= window.length - at) {
        at += length;
        return;
      }
      start += at + length;
      at = 0;
      window = new Uint8Array(0);
    },
  };
}
