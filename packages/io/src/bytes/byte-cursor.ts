import { viewOf, type ByteSource } from './byte-source.ts';
import { FormatError } from './format-error.ts';

/** Reads fields one after the other from a source, of which it holds a window only. */
export interface ByteCursor {
  readonly littleEndian: boolean;
  /** Where in the source it stands. */
  position(): number;
  /** Makes the next `length` bytes available to the methods below; they must not take more. */
  need(length: number): Promise<void> | undefined;
  uint8(): number;
  uint16(): number;
  uint32(): number;
  /** Rejects an integer that a double cannot hold, for no file has so many of anything. */
  uint64(): number;
  bytes(length: number): Uint8Array;
  view(length: number): DataView;
  /** Passes over bytes, without reading those outside the window. */
  skip(length: number): void;
}

const WINDOW = 1 << 16;

/** A cursor over a source from a byte on. Errors call what they miss the source's header. */
export function byteCursor(source: ByteSource, from: number, littleEndian = true): ByteCursor {
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
        `its header goes on beyond its ${source.size} bytes; the file is truncated or damaged`,
      );
    }
    window = await source.read(start, Math.min(Math.max(length, WINDOW), source.size - start));
    view = viewOf(window);
  };
  return {
    littleEndian,
    position: () => start + at,
    need: (length) => (length <= window.length - at ? undefined : fill(length)),
    uint8: () => window[take(1)],
    uint16: () => view.getUint16(take(2), littleEndian),
    uint32: () => view.getUint32(take(4), littleEndian),
    uint64: () => {
      const value = Number(view.getBigUint64(take(8), littleEndian));
      if (Number.isSafeInteger(value)) return value;
      throw new FormatError(
        source.name,
        'a 64-bit field of its header is absurd; the file is damaged',
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
          `its header goes on beyond its ${source.size} bytes; the file is truncated or damaged`,
        );
      }
      if (length <= window.length - at) {
        at += length;
        return;
      }
      start += at + length;
      at = 0;
      window = new Uint8Array(0);
      view = viewOf(window);
    },
  };
}
