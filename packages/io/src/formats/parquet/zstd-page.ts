import { viewOf } from '../../bytes/byte-source.ts';
import type { HuffmanTable } from './zstd/huffman.ts';
import { LARGEST_BLOCK, readLiterals } from './zstd/literals.ts';
import {
  decodeSequences,
  readSequences,
  type RecentOffsets,
  type SequenceTables,
} from './zstd/sequences.ts';
import { xxh64Low } from './zstd/xxh64.ts';

/*
 * polysem decodes zstd itself because damaged pages must be refused: every bit stream has to end where its content does,
 * and nothing is allocated beyond the length that the page has.
 */

/** The first four bytes of a frame. */
const MAGIC = 0xfd2fb528;

/** State that the blocks of a frame share. */
interface Frame {
  readonly out: Uint8Array;
  readonly recent: RecentOffsets;
  done: number;
  huffman: HuffmanTable | null;
  tables: SequenceTables | null;
}

/**
 * Inflates one frame of Zstandard that holds exactly `length` bytes, and checks its checksum if it has one.
 *
 * Source: RFC 8878, section 3.1.1.
 * @throws RangeError if the frame is damaged or has another length.
 */
export function inflateZstd(page: Uint8Array, length: number): Uint8Array {
  const { end, hasChecksum, largestBlock } = readHeader(page, length);
  // A page that claims a gigabyte is refused before it is allocated: a block has at most 128 KiB.
  checkBlocks(page, end, length, hasChecksum);
  const frame: Frame = {
    out: new Uint8Array(length),
    recent: [1, 4, 8],
    done: 0,
    huffman: null,
    tables: null,
  };
  let at = end;
  for (let isLast = false; !isLast;) {
    const head = page[at] | (page[at + 1] << 8) | (page[at + 2] << 16);
    isLast = (head & 1) === 1;
    const type = (head >> 1) & 3;
    const size = head >> 3;
    const next = at + 3 + (type === 1 ? 1 : size);
    if (type === 2) inflateBlock(frame, page.subarray(at + 3, next), largestBlock);
    else if (type === 0) append(frame, page.subarray(at + 3, next));
    else append(frame, new Uint8Array(room(frame, size)).fill(page[at + 3]));
    at = next;
  }
  if (frame.done !== length) throw wrongLength();
  if (hasChecksum && viewOf(page).getUint32(at, true) !== xxh64Low(frame.out))
    throw new RangeError('the checksum of a frame of zstd is wrong');
  return frame.out;
}

function readHeader(
  page: Uint8Array,
  length: number,
): { readonly end: number; readonly hasChecksum: boolean; readonly largestBlock: number } {
  if (page.length < 9 || viewOf(page).getUint32(0, true) !== MAGIC) {
    throw new RangeError('a page is not a zstd frame');
  }
  const flags = page[4];
  const isSingle = (flags >> 5) & 1;
  const idBytes = [0, 1, 2, 4][flags & 3];
  const sizeBytes = flags >> 6 === 0 ? isSingle : 1 << (flags >> 6);
  const sizeAt = 6 - isSingle + idBytes;
  const end = sizeAt + sizeBytes;
  if ((flags & 8) !== 0 || end > page.length)
    throw new RangeError('the header of a frame of zstd is damaged');
  if (page.subarray(sizeAt - idBytes, sizeAt).some((byte) => byte !== 0))
    throw new RangeError('a frame of zstd needs a dictionary');
  let size = flags >> 6 === 1 ? 256 : 0;
  for (let i = 0; i < sizeBytes; i++) size += page[sizeAt + i] * 2 ** (8 * i);
  if (sizeBytes > 0 && size !== length) throw wrongLength();
  const base = 2 ** (10 + (page[5] >> 3));
  const window = isSingle === 1 ? size : base + (base / 8) * (page[5] & 7);
  const largestBlock = Math.min(window, LARGEST_BLOCK);
  return { end, hasChecksum: (flags & 4) !== 0, largestBlock };
}

/** Checks that blocks fill the page and can hold `length` bytes. */
function checkBlocks(page: Uint8Array, from: number, length: number, hasChecksum: boolean): void {
  let at = from;
  let most = 0;
  for (;;) {
    if (at + 3 > page.length) throw new RangeError('a frame of zstd ends too early');
    const head = page[at] | (page[at + 1] << 8) | (page[at + 2] << 16);
    const type = (head >> 1) & 3;
    if (type === 3) throw new RangeError('a block of zstd is of unknown type');
    most += type === 2 ? LARGEST_BLOCK : head >> 3;
    at += 3 + (type === 1 ? 1 : head >> 3);
    if ((head & 1) === 0) continue;
    if (at + (hasChecksum ? 4 : 0) !== page.length)
      throw new RangeError('a frame of zstd does not end with its page');
    if (length > most) throw wrongLength();
    return;
  }
}

function inflateBlock(frame: Frame, block: Uint8Array, largest: number): void {
  if (block.length > largest) throw new RangeError('a block of zstd is too long');
  const literals = readLiterals(block, frame.huffman);
  frame.huffman = literals.table;
  const sequences = readSequences(block.subarray(literals.end), frame.tables);
  frame.tables = sequences.tables;
  const { bytes } = literals;
  const begin = frame.done;
  let at = 0;
  decodeSequences(sequences, frame.recent, (count, length, offset) => {
    if (count > bytes.length - at) throw new RangeError('a block of zstd lacks literals');
    append(frame, bytes.subarray(at, at + count));
    at += count;
    copyMatch(frame, length, offset);
  });
  append(frame, bytes.subarray(at));
  if (frame.done - begin > largest) throw new RangeError('a block of zstd is too long');
}

function append(frame: Frame, bytes: Uint8Array): void {
  room(frame, bytes.length);
  frame.out.set(bytes, frame.done);
  frame.done += bytes.length;
}

/** Repeats `length` bytes from `offset` bytes back; a match may overlap itself, so it is copied front to back. */
function copyMatch(frame: Frame, length: number, offset: number): void {
  if (offset < 1 || offset > frame.done)
    throw new RangeError('a match of zstd begins before its frame');
  room(frame, length);
  const { out } = frame;
  const end = frame.done + length;
  for (let i = frame.done; i < end; i++) out[i] = out[i - offset];
  frame.done = end;
}

/** Returns a number of bytes that still fit. @throws RangeError if they do not. */
function room({ out, done }: Frame, count: number): number {
  if (count > out.length - done) throw wrongLength();
  return count;
}

function wrongLength(): RangeError {
  return new RangeError('a page does not have the length that it claims');
}
