import type { ByteSource } from './byte-source.ts';
import { FormatError } from './format-error.ts';

/** The range of a source that holds compressed data. */
export interface CompressedRange {
  readonly offset: number;
  readonly length: number;
  /** `deflate-raw` as in zip files; `deflate` with the header and checksum of zlib. */
  readonly format: 'deflate-raw' | 'deflate';
}

/** Compressed bytes requested at a time. */
const PIECE_BYTES = 1 << 14;
/** A match of at most 258 bytes takes at least 2 bits. */
const MAX_DEFLATE_RATIO = 1032;

/** Returns whether `length` compressed bytes can inflate to `size` bytes. */
export function canInflateTo(size: number, length: number): boolean {
  return size <= length * MAX_DEFLATE_RATIO;
}

/**
 * Inflates a range of a source in pieces of a few kilobytes, with the platform's decompressor. A piece is produced only when
 * the consumer asks for it, so a decompression bomb needs no more memory than other data.
 *
 * @param name the name of the data in errors.
 *
 * Rejects with FormatError if the data are damaged or end early, and as the source does.
 */
export async function* inflate(
  source: ByteSource,
  { offset, length, format }: CompressedRange,
  name: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  const { writable, readable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let unread: { readonly cause: unknown } | undefined;

  const feed = async (): Promise<void> => {
    for (let at = 0; at < length; at += PIECE_BYTES) {
      // oxlint-disable-next-line no-await-in-loop -- a stream is written in order
      const piece = await source
        .read(offset + at, Math.min(PIECE_BYTES, length - at))
        .catch(async (cause: unknown) => {
          unread = { cause };
          await writer.abort(cause);
          throw cause;
        });
      // oxlint-disable-next-line no-await-in-loop -- resolves when the stream wants more
      await writer.write(piece as Uint8Array<ArrayBuffer>);
    }
    await writer.close();
  };
  const fed = feed();
  // Avoid an unhandled rejection: a failed write also fails the read below.
  fed.catch(() => undefined);
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- a stream is read in order
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    await fed;
  } catch (cause) {
    if (unread !== undefined) throw unread.cause;
    throw new FormatError(name, 'its compressed data are damaged', { cause });
  } finally {
    // Release the stream if the consumer stopped early.
    Promise.all([reader.cancel(), writer.abort()]).catch(() => undefined);
  }
}

/**
 * Makes a source of compressed data. Reading forward continues where the last read ended; reading backward starts from the
 * beginning. Only the bytes requested are kept. Reads must not overlap in time.
 *
 * @param size the size that the file claims for the inflated data; checked when the end is read.
 * @param name the name of the data in errors.
 *
 * Reads reject with FormatError if the data are damaged or have another size, and as the source does.
 */
export function inflatedRanges(
  source: ByteSource,
  range: CompressedRange,
  size: number,
  name: string,
): ByteSource['read'] {
  const begin = () => ({
    stream: inflate(source, range, name),
    /** Offset of the current piece in the inflated data; earlier bytes are gone. */
    at: 0,
    piece: new Uint8Array(0),
  });
  let cursor = begin();
  /** True if the stream once ended at the claimed size. */
  let ended = false;

  const next = async (): Promise<boolean> => {
    const { done, value } = await cursor.stream.next();
    cursor.at += cursor.piece.length;
    cursor.piece = done ? new Uint8Array(0) : value;
    if (cursor.at + cursor.piece.length > size) throw wrongSize(name, size, 'more');
    return done !== true;
  };

  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (offset < cursor.at) {
      await cursor.stream.return(undefined);
      cursor = begin();
    }
    const out = new Uint8Array(length);
    const end = offset + length;
    for (;;) {
      const { at, piece } = cursor;
      const from = Math.max(offset - at, 0);
      const to = Math.min(end - at, piece.length);
      if (from < to) out.set(piece.subarray(from, to), at + from - offset);
      // Keep the last piece for the next read, unless the end of the stream must still be checked.
      if (at + piece.length >= end && (end < size || ended)) return out;
      // oxlint-disable-next-line no-await-in-loop -- a stream is read in order
      if (await next()) continue;
      if (cursor.at < end) throw wrongSize(name, size, `only ${cursor.at}`);
      ended = true;
      return out;
    }
  };
  return async (offset, length) => {
    try {
      return await read(offset, length);
    } catch (error) {
      // A failed stream cannot be continued.
      cursor = begin();
      throw error;
    }
  };
}

/** The error for data that do not inflate to the size claimed. */
export function wrongSize(name: string, size: number, found: string): FormatError {
  return new FormatError(name, `claims ${size} bytes but has ${found}; the file is damaged`);
}
