import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';

/** Bytes read at a time. */
const CHUNK = 1 << 20;
/** Longest line in characters; a longer one is not a table, and a string must not grow without limit. */
const LONGEST = 1 << 26;

/**
 * Calls `visit` for each line of a UTF-8 text, without line end (LF or CR LF) and byte order mark. A last line without
 * an end counts, an empty rest does not.
 *
 * Rejects with FormatError if the bytes are not UTF-8 or a line exceeds 64 million characters, and with whatever
 * `visit` throws.
 */
export async function visitLines(source: ByteSource, visit: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for (let at = 0; at < source.size; at += CHUNK) {
    const length = Math.min(CHUNK, source.size - at);
    // oxlint-disable-next-line no-await-in-loop -- one piece in memory at a time
    const bytes = await source.read(at, length);
    const lines = (rest + decode(decoder, bytes, at + length < source.size, source)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST) {
      throw new FormatError(
        source.name,
        `has a line of more than ${LONGEST} characters; write one row per line`,
      );
    }
    for (const line of lines) visit(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
  if (rest !== '') visit(rest.endsWith('\r') ? rest.slice(0, -1) : rest);
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
    throw new FormatError(source.name, 'is not UTF-8 text; save the table as CSV in UTF-8', {
      cause: error,
    });
  }
}
