import { checkRange, viewOf, type ByteSource } from './byte-source.ts';
import { crc32 } from './crc32.ts';
import { FormatError } from './format-error.ts';
import { inflate } from './inflate.ts';
import type { ZipMember } from './zip-directory.ts';

/** A member of a zip file as a source of its own. */
export interface MemberSource extends ByteSource {
  /** Where its stored, perhaps compressed, bytes begin in the archive. */
  readonly archiveOffset: number;
}

const LOCAL_SIGNATURE = 0x04034b50;
/** The compression method of a member that is stored as it is. */
export const STORED = 0;
const DEFLATE = 8;
// A deflate stream spends at least 2 bits on a match of at most 258 bytes.
const MAX_DEFLATE_RATIO = 1032;

/**
 * Opens a stored or deflated member of a zip file; its name in messages is `archive.npz/member.npy`.
 *
 * A stored member is read where it lies. A deflated one is inflated in small pieces, of which only what is asked for is
 * kept: memory is bounded by `length` whatever the archive contains. Reading forward goes on where the last read ended,
 * reading backward begins anew. What has been read from the start on without a gap is summed, so that a pass from start
 * to end, or a read of the whole, also checks size and CRC-32.
 *
 * Rejects with FormatError if the member is encrypted, compressed otherwise, or damaged.
 */
export async function openMember(archive: ByteSource, member: ZipMember): Promise<MemberSource> {
  const name = `${archive.name}/${member.name}`;
  const { method, size, compressedSize } = member;
  if (member.encrypted) throw new FormatError(name, 'the zip member is encrypted');
  if (method !== STORED && method !== DEFLATE) {
    throw new FormatError(
      name,
      `zip compression method ${method} is not supported; use np.savez or np.savez_compressed`,
    );
  }
  const possible = method === STORED ? compressedSize : compressedSize * MAX_DEFLATE_RATIO;
  if (size > possible) {
    throw new FormatError(
      name,
      `the zip claims ${size} bytes from ${compressedSize} compressed ones, which cannot be; it is damaged or a bomb`,
    );
  }
  const archiveOffset = await findData(archive, member, name);
  if (method === STORED && size < compressedSize) throw wrongSize(name, size, 'more');

  const readRange =
    method === STORED
      ? (offset: number, length: number) => archive.read(archiveOffset + offset, length)
      : inflatedRanges(archive, archiveOffset, member, name);
  const check = summed(name, member);
  let last: Promise<unknown> = Promise.resolve();
  return {
    name,
    size,
    archiveOffset,
    read: async (offset, length) => {
      checkRange({ name, size }, offset, length);
      // One after the other: there is one place in the stream, and one sum.
      const result = last.then(async () => {
        const bytes = await readRange(offset, length);
        check(offset, bytes);
        return bytes;
      });
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** Sums a member's bytes as far as they have been read from its start on; checks the sum at its end, once. */
function summed(
  name: string,
  { size, crc }: ZipMember,
): (offset: number, bytes: Uint8Array) => void {
  let done = 0;
  let sum = 0;
  let checked = false;
  return (offset, bytes) => {
    if (checked || offset > done || offset + bytes.length < done) return;
    sum = crc32(bytes.subarray(done - offset), sum);
    done = offset + bytes.length;
    if (done < size) return;
    if (sum !== crc) throw new FormatError(name, 'its CRC-32 is wrong; the file is damaged');
    checked = true;
  };
}

/** Reads ranges of a deflated member, going on from where the last one ended. */
function inflatedRanges(
  archive: ByteSource,
  archiveOffset: number,
  member: ZipMember,
  name: string,
): ByteSource['read'] {
  const { size, compressedSize } = member;
  const begin = () => ({
    stream: inflate(archive, archiveOffset, compressedSize, name),
    /** Where in the member the piece at hand begins; what lies before it is gone. */
    at: 0,
    piece: new Uint8Array(0),
  });
  let cursor = begin();
  /** Whether the stream was once seen to end where the zip says. */
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
      // The last piece stays at hand for the next read, unless the end is still to be seen.
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
      // A stream that failed is at no place that could be gone on from.
      cursor = begin();
      throw error;
    }
  };
}

function wrongSize(name: string, size: number, found: string): FormatError {
  return new FormatError(
    name,
    `the zip claims ${size} bytes, but there are ${found}; it is damaged`,
  );
}

async function findData(archive: ByteSource, member: ZipMember, name: string): Promise<number> {
  const header = viewOf(await archive.read(member.headerOffset, 30));
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw new FormatError(name, 'the zip directory points to no member; the file is damaged');
  }
  // The local lengths differ from the directory's: numpy adds a zip64 field here only.
  const offset = member.headerOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  checkRange(archive, offset, member.compressedSize);
  return offset;
}
