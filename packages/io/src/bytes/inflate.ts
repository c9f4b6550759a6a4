import type { ByteSource } from './byte-source.ts';
import { FormatError } from './format-error.ts';

/** Compressed bytes that are asked for at a time. */
const PIECE_BYTES = 1 << 14;

/**
 * The bytes that a part of a source inflates to, in pieces of some kilobytes, by the platform's own decompressor; it is
 * asked for no more than is taken, so that a bomb costs no more memory than anything else.
 *
 * `name` is what errors call it. Rejects with FormatError if the data are damaged or end early, and as the source does.
 */
export async function* inflate(
  source: ByteSource,
  offset: number,
  length: number,
  name: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  const { writable, readable } = new DecompressionStream('deflate-raw');
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
      // oxlint-disable-next-line no-await-in-loop -- and waits until more is wanted
      await writer.write(piece);
    }
    await writer.close();
  };
  const fed = feed();
  // What goes wrong there is seen here: a stream that failed does so for reading too.
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
    // A stream that is left in the middle lets go of what it holds.
    Promise.all([reader.cancel(), writer.abort()]).catch(() => undefined);
  }
}
