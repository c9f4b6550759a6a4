import { checkRange, viewOf, type ByteSource } from './byte-source.ts';
import { crc32 } from './crc32.ts';
import { FormatError } from './format-error.ts';
import { canInflateTo, inflatedRanges, wrongSize } from './inflate.ts';
import type { ZipMember } from './zip-directory.ts';

/** A member of a zip file as a source. */
export interface MemberSource extends ByteSource {
  /** Offset of its (possibly compressed) bytes in the archive. */
  readonly archiveOffset: number;
}

const LOCAL_SIGNATURE = 0x04034b50;
/** Compression method of a stored member. */
export const STORED = 0;
const DEFLATE = 8;

/**
 * Opens a stored or deflated member of a zip file, named `archive.npz/member.npy` in errors.
 *
 * A stored member is read directly from the archive. A deflated one is inflated in small pieces and only the requested
 * bytes are kept, so memory is bounded by `length`. Reading forward continues where the last read ended; reading
 * backward starts over. Bytes read in order from the start are summed, so that a complete pass also checks the size and
 * CRC-32.
 *
 * Rejects with FormatError if the member is encrypted, compressed by another method, or damaged.
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
      // One read at a time: the stream has one position and one sum.
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

/** Sums the bytes read in order from the start, and checks the CRC once at the end. */
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
  const length = Math.min(30 + member.nameLength, archive.size - member.headerOffset);
  const bytes = await archive.read(member.headerOffset, Math.max(30, length));
  const header = viewOf(bytes);
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw new FormatError(
      name,
      'the zip directory does not point to a member; the file is damaged',
    );
  }
  const ownName = new TextDecoder().decode(bytes.subarray(30));
  if (header.getUint16(26, true) !== member.nameLength || ownName !== member.name) {
    const problem = 'the zip directory and the member have different names; the file is damaged';
    throw new FormatError(name, problem);
  }
  // The local lengths can differ from those of the directory: numpy adds a zip64 field here only.
  const offset = member.headerOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  checkRange(archive, offset, member.compressedSize);
  return offset;
}
