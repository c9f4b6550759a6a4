import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';

/** Bytes read at a time. */
const CHUNK = 1 << 20;
/** Characters of one line: more is no table, and a string could not grow without end. */
const LONGEST = 1 << 26;

/**
 * Hands the lines of a UTF-8 text to `visit`, one after the other, without their ends (LF or CR LF) and without a byte
 * order mark; a last line without an end counts, an empty rest does not.
 *
 * Rejects with FormatError if the bytes are not UTF-8 or a line is longer than 64 million characters, and with whatever
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
        `has a line of more than ${LONGEST} characters; write one row of the table a line`,
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
