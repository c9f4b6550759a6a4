import { checkRange, viewOf, type ByteSource } from './byte-source.ts';
import { crc32 } from './crc32.ts';
import { FormatError } from './format-error.ts';
import { canInflateTo, inflatedRanges, wrongSize } from './inflate.ts';
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
  if (method === STORED ? size > compressedSize : !canInflateTo(size, compressedSize)) {
    throw new FormatError(
      name,
      `claims ${size} bytes from ${compressedSize} compressed bytes, which is impossible; the file is damaged or a bomb`,
    );
  }
  const archiveOffset = await findData(archive, member, name);
  if (method === STORED && size < compressedSize) throw wrongSize(name, size, 'more');

  const readRange =
    method === STORED
      ? (offset: number, length: number) => archive.read(archiveOffset + offset, length)
      : inflatedRanges(
          archive,
          { offset: archiveOffset, length: compressedSize, format: 'deflate-raw' },
          size,
          name,
        );
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
