import { viewOf, type ByteSource } from './byte-source.ts';
import { FormatError, quote } from './format-error.ts';

/** A member of a zip file, as its central directory describes it. */
export interface ZipMember {
  readonly name: string;
  /** Length of the name in bytes. */
  readonly nameLength: number;
  readonly encrypted: boolean;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly compressedSize: number;
  /** Bytes after decompression, as claimed. */
  readonly size: number;
  /** Offset of the local header. */
  readonly headerOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const END64_SIGNATURE = 0x06064b50;
const LOCATOR64_SIGNATURE = 0x07064b50;
const MEMBER_SIGNATURE = 0x02014b50;
const LOCAL_HEADER_BYTES = 30;
const MEMBER_BYTES = 46;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
// Refers to the zip64 record.
const SEE_ZIP64 = 0xffffffff;
const SEE_ZIP64_COUNT = 0xffff;
// Attribute of DOS that marks a folder.
const IS_FOLDER = 0x10;
const ZIP64_EXTRA = 0x0001;

/**
 * Reads the central directory of a zip or zip64 file, but no member.
 *
 * Source: PKWARE APPNOTE 6.3, sections 4.3 and 4.5.3.
 * Rejects with FormatError if the directory is damaged, or members overlap or share a name.
 */
export async function readZipDirectory(source: ByteSource): Promise<ZipMember[]> {
  const { offset, size, count } = await findDirectory(source);
  const bytes = await source.read(offset, size);
  const members = new Map<string, ZipMember>();
  let at = 0;
  while (at < bytes.length) {
    const { member, length } = parseMember(source, bytes.subarray(at));
    if (members.has(member.name)) {
      throw new FormatError(source.name, `two members of the zip are called ${quote(member.name)}`);
    }
    members.set(member.name, member);
    at += length;
  }
  if (members.size !== count) {
    throw new FormatError(
      source.name,
      `the zip directory lists ${members.size} members, its end record ${count}; the file is damaged`,
    );
  }
  checkOverlap(source, [...members.values()], offset);
  return [...members.values()];
}

/** Checks that members do not share bytes, which would let a small file inflate the same bomb a thousand times. */
function checkOverlap(source: ByteSource, members: ZipMember[], directoryOffset: number): void {
  const ordered = members.toSorted((a, b) => a.headerOffset - b.headerOffset);
  ordered.forEach(({ name, headerOffset, compressedSize }, i) => {
    const next = ordered[i + 1]?.headerOffset ?? directoryOffset;
    if (headerOffset + LOCAL_HEADER_BYTES + compressedSize <= next) return;
    throw new FormatError(
      source.name,
      `member ${quote(name)} of the zip overlaps the next one; the file is damaged or a bomb`,
    );
  });
}

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
  /** Offset of the record that names the directory. */
  readonly end: number;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const tailLength = Math.min(source.size, END_BYTES + MAX_COMMENT);
  const tail = viewOf(await source.read(source.size - tailLength, tailLength));
  for (let at = tailLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END_SIGNATURE) continue;
    // A comment could contain the signature; the comment of the true record ends the file.
    if (at + END_BYTES + tail.getUint16(at + 20, true) !== tailLength) continue;
    const directory = {
      count: tail.getUint16(at + 10, true),
      size: tail.getUint32(at + 12, true),
      offset: tail.getUint32(at + 16, true),
      end: source.size - tailLength + at,
    };
    return checkedDirectory(source, directory);
  }
  throw new FormatError(source.name, 'the zip has no end record; the file is truncated or damaged');
}

/** The directory that an end record names, checked to end where that record, or the one of zip64, begins. */
async function checkedDirectory(source: ByteSource, directory: Directory): Promise<Directory> {
  const found = await findDirectory64(source, directory);
  if (found.offset + found.size === found.end) return found;
  const problem = 'the zip directory does not end at its end record; the file is damaged';
  throw new FormatError(source.name, problem);
}

/**
 * Returns the zip64 directory if the bytes before the end record point to one, otherwise the given one. Readers differ in
 * which of the two they believe, so that both must name the same directory.
 */
async function findDirectory64(source: ByteSource, directory: Directory): Promise<Directory> {
  const { end } = directory;
  if (end < 20) return directory;
  const locator = viewOf(await source.read(end - 20, 20));
  if (locator.getUint32(0, true) !== LOCATOR64_SIGNATURE) return directory;
  const begin = uint64(source, locator, 8);
  const record = viewOf(await source.read(begin, 56));
  if (record.getUint32(0, true) !== END64_SIGNATURE) {
    throw new FormatError(source.name, 'the zip64 end record is missing; the file is damaged');
  }
  const found = {
    count: uint64(source, record, 32),
    size: uint64(source, record, 40),
    offset: uint64(source, record, 48),
    end: begin,
  };
  const isSame =
    [found.count, SEE_ZIP64_COUNT].includes(directory.count) &&
    [found.size, SEE_ZIP64].includes(directory.size) &&
    [found.offset, SEE_ZIP64].includes(directory.offset);
  if (isSame) return found;
  throw new FormatError(
    source.name,
    'the end record and the zip64 end record of the zip name different directories; the file is damaged',
  );
}

function parseMember(source: ByteSource, bytes: Uint8Array): { member: ZipMember; length: number } {
  const view = viewOf(bytes);
  const damaged = (): FormatError => new FormatError(source.name, 'the zip directory is damaged');
  if (bytes.length < MEMBER_BYTES || view.getUint32(0, true) !== MEMBER_SIGNATURE) throw damaged();
  const nameEnd = MEMBER_BYTES + view.getUint16(28, true);
  const extraEnd = nameEnd + view.getUint16(30, true);
  const length = extraEnd + view.getUint16(32, true);
  if (bytes.length < length) throw damaged();
  const sizes = [view.getUint32(24, true), view.getUint32(20, true), view.getUint32(42, true)];
  const extra = bytes.subarray(nameEnd, extraEnd);
  const [size, compressedSize, headerOffset] = applyZip64Extra(source, sizes, extra);
  const name = new TextDecoder().decode(bytes.subarray(MEMBER_BYTES, nameEnd));
  // Readers that believe the attribute, such as PyTorch's, leave the memory of its tensor as it was.
  if (size > 0 && (view.getUint8(38) & IS_FOLDER) !== 0) {
    const problem = `member ${quote(name)} of the zip is marked as a folder but has content; the file is damaged`;
    throw new FormatError(source.name, problem);
  }
  const member = {
    name,
    nameLength: nameEnd - MEMBER_BYTES,
    encrypted: (view.getUint16(8, true) & 1) === 1,
    method: view.getUint16(10, true),
    crc: view.getUint32(16, true),
    compressedSize,
    size,
    headerOffset,
  };
  return { member, length };
}

/** Replaces the sizes and offset that are stored in the zip64 field. */
function applyZip64Extra(source: ByteSource, sizes: number[], extra: Uint8Array): number[] {
  if (!sizes.includes(SEE_ZIP64)) return sizes;
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_EXTRA) continue;
    let from = at + 4;
    const end = from + view.getUint16(at + 2, true);
    return sizes.map((size) => {
      if (size !== SEE_ZIP64) return size;
      from += 8;
      if (from > Math.min(end, extra.length)) {
        throw new FormatError(source.name, 'a zip64 field of the directory is damaged');
      }
      return uint64(source, view, from - 8);
    });
  }
  throw new FormatError(source.name, 'a zip64 field is missing in the directory');
}

function uint64(source: ByteSource, view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (Number.isSafeInteger(value)) return value;
  throw new FormatError(source.name, 'a 64-bit field of the zip exceeds 2^53; the file is damaged');
}
