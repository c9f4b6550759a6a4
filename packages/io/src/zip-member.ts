import { Inflate } from 'fflate';
import { assertRange, viewOf, type ByteSource } from './byte-source.ts';
import { crc32 } from './crc32.ts';
import { FormatError } from './format-error.ts';
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
// Inflating a piece takes up to 1032 times its length: 16 MiB for a bomb, and next to nothing else.
const PIECE_BYTES = 1 << 14;

/**
 * Opens a stored or deflated member of a zip file; its name in messages is `archive.npz/member.npy`.
 *
 * Every read decompresses from the start of the member up to the end of the range, in small pieces, and
 * keeps only the range: memory is bounded by `length` whatever the archive contains. A read up to the
 * member's end also checks its size and its CRC-32.
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

  return {
    name,
    size,
    archiveOffset,
    read: async (offset, length) => {
      assertRange({ name, size }, offset, length);
      const out = new Uint8Array(length);
      let total = 0;
      let crc = 0;
      for await (const piece of pieces(archive, archiveOffset, member, name)) {
        const from = Math.max(offset - total, 0);
        const to = Math.min(offset + length - total, piece.length);
        if (from < to) out.set(piece.subarray(from, to), total + from - offset);
        total += piece.length;
        crc = crc32(piece, crc);
        if (total > size || (total >= offset + length && offset + length < size)) break;
      }
      if (total < offset + length || total > size) {
        const found = total > size ? 'more' : `only ${total}`;
        throw new FormatError(
          name,
          `the zip claims ${size} bytes, but there are ${found}; it is damaged`,
        );
      }
      if (offset + length === size && crc !== member.crc) {
        throw new FormatError(name, 'its CRC-32 is wrong; the file is damaged');
      }
      return out;
    },
  };
}

async function findData(archive: ByteSource, member: ZipMember, name: string): Promise<number> {
  const header = viewOf(await archive.read(member.headerOffset, 30));
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw new FormatError(name, 'the zip directory points to no member; the file is damaged');
  }
  // The local lengths differ from the directory's: numpy adds a zip64 field here only.
  const offset = member.headerOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  assertRange(archive, offset, member.compressedSize);
  return offset;
}

async function* pieces(
  archive: ByteSource,
  offset: number,
  { method, compressedSize }: ZipMember,
  name: string,
): AsyncGenerator<Uint8Array> {
  let inflated: Uint8Array[] = [];
  const inflate = new Inflate((piece) => {
    inflated.push(piece);
  });
  for (let at = 0; at < compressedSize; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, compressedSize - at);
    // oxlint-disable-next-line no-await-in-loop -- a stream is read in order
    const piece = await archive.read(offset + at, length);
    if (method === STORED) {
      yield piece;
      continue;
    }
    try {
      inflate.push(piece, at + length === compressedSize);
    } catch (cause) {
      throw new FormatError(name, 'its compressed data are damaged', { cause });
    }
    yield* inflated;
    inflated = [];
  }
}
