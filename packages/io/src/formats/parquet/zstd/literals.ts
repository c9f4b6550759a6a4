import { decodeHuffman, readHuffmanTable, type HuffmanTable } from './huffman.ts';

/** Largest block before compression. */
export const LARGEST_BLOCK: number = 1 << 17;

/** Literals of a block, the offset behind their section, and the table for the next block. */
export interface Literals {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly table: HuffmanTable | null;
}

const RAW = 0;
const RLE = 1;
const TREELESS = 3;

/**
 * Reads the literals section of a block.
 *
 * Source: RFC 8878, section 3.1.1.3.1.
 * @param table the table of the block before, null if there is none.
 * @throws RangeError if it is damaged.
 */
export function readLiterals(block: Uint8Array, table: HuffmanTable | null): Literals {
  if (block.length < 2) throw damaged();
  const type = block[0] & 3;
  const format = (block[0] >> 2) & 3;
  if (type === RAW || type === RLE) {
    const head = [1, 2, 1, 3][format];
    const size = littleEndian(block, 0, head) >> (head === 1 ? 3 : 4);
    const end = head + (type === RAW ? size : 1);
    if (size > LARGEST_BLOCK || end > block.length) throw damaged();
    const bytes = type === RAW ? block.subarray(head, end) : filled(size, block[head]);
    return { bytes, end, table };
  }
  const head = [3, 3, 4, 5][format];
  const width = [10, 10, 14, 18][format];
  const sizes = Math.floor(littleEndian(block, 0, head) / 16);
  const size = sizes % 2 ** width;
  const end = head + Math.floor(sizes / 2 ** width);
  if (size > LARGEST_BLOCK || end > block.length) throw damaged();
  const stored = block.subarray(0, end);
  const read = type === TREELESS ? { table, end: head } : readHuffmanTable(stored, head);
  if (read.table === null) throw damaged();
  const bytes = new Uint8Array(size);
  const streams = stored.subarray(read.end);
  if (format === 0) decodeHuffman(read.table, streams, bytes);
  else decodeFour(read.table, streams, bytes);
  return { bytes, end, table: read.table };
}

/** Decodes four streams, behind the sizes of the first three. */
function decodeFour(table: HuffmanTable, bytes: Uint8Array, out: Uint8Array): void {
  const part = (out.length + 3) >> 2;
  if (out.length < 6 || bytes.length < 6) throw damaged();
  let at = 6;
  for (let i = 0; i < 4; i++) {
    // A stream beyond the end leaves nothing for the last one, which decodeHuffman refuses.
    const end = i < 3 ? at + littleEndian(bytes, 2 * i, 2) : bytes.length;
    // The last part may be shorter.
    decodeHuffman(table, bytes.subarray(at, end), out.subarray(i * part, (i + 1) * part));
    at = end;
  }
}

function littleEndian(bytes: Uint8Array, from: number, count: number): number {
  if (from + count > bytes.length) throw damaged();
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[from + i];
  return value;
}

function filled(size: number, byte: number): Uint8Array {
  return new Uint8Array(size).fill(byte);
}

function damaged(): RangeError {
  return new RangeError('literals of zstd are damaged');
}
