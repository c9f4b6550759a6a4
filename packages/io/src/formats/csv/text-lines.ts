import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';
import { encodingOf } from '../../bytes/decode-text.ts';

/** Bytes read at a time. */
const CHUNK = 1 << 20;
/** Longest line in characters; a longer one is not a table, and a string must not grow without limit. */
const LONGEST = 1 << 26;

/**
 * Calls `visit` for each line of a text, without its LF; a CR before it stays, because within quotes it belongs to the
 * cell. A text that ends its lines with CR alone is split there. A last line without an end counts, an empty rest does
 * not. The encoding is UTF-8, or UTF-16 with a byte order mark.
 *
 * Rejects with FormatError if the bytes are not text in that encoding or a line exceeds 64 million characters, and with
 * whatever `visit` throws.
 *
 * @returns the encoding.
 */
export async function visitLines(
  source: ByteSource,
  visit: (line: string) => void,
): Promise<string> {
  const encoding = encodingOf(await source.read(0, Math.min(3, source.size)));
  const decoder = new TextDecoder(encoding, { fatal: true });
  /** Pieces of the line that has not ended yet; joined once, so that a long line takes linear time. */
  let open: string[] = [];
  let length = 0;
  let end: string | undefined;
  for (let at = 0; at < source.size; at += CHUNK) {
    const size = Math.min(CHUNK, source.size - at);
    // oxlint-disable-next-line no-await-in-loop -- one piece in memory at a time
    const piece = decode(decoder, await source.read(at, size), at + size < source.size, source);
    end ??= piece.includes('\n') || !/\r./s.test(piece) ? '\n' : '\r';
    const lines = piece.split(end);
    open.push(lines[0]);
    length += lines[0].length;
    if (length > LONGEST) {
      const problem = `has a line of more than ${LONGEST} characters; write one row per line`;
      throw new FormatError(source.name, problem);
    }
    const last = lines.length - 1;
    if (last === 0) continue;
    visit(open.join(''));
    for (let i = 1; i < last; i++) visit(lines[i]);
    open = [lines[last]];
    length = lines[last].length;
  }
  if (length > 0) visit(open.join(''));
  return encoding;
}

function decode(
  decoder: InstanceType<typeof TextDecoder>,
  bytes: Uint8Array,
  stream: boolean,
  source: ByteSource,
): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch (error) {
    throw new FormatError(
      source.name,
      `is not ${decoder.encoding.toUpperCase()} text; save the table as CSV in UTF-8`,
      { cause: error },
    );
  }
}
