import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { bytesOf, decode, encode } from './encode.ts';

// A file of records: a line that names the format, the byte order and the run, then any number of records.
// A record: SHA-256 of the head, 32 bytes; length of the head, 4 bytes; the head as JSON; typed arrays, as in memory.
// The head has the name of the part, its value, and the length and SHA-256 of the arrays.

/** The place of a record in a file. */
export interface RecordPlace {
  readonly part: string;
  /** First byte of the record, and first byte after it. */
  readonly from: number;
  readonly to: number;
}

/** The records of a file whose heads are intact, and the byte after the last of them; 0 for a file of another run. */
export interface FileIndex {
  readonly records: readonly RecordPlace[];
  readonly end: number;
  /** True if the file was changed after it was written; an incomplete last record is not damage. */
  readonly isDamaged: boolean;
}

/** The first line of every file of records. */
const FIRST_LINE = /^polysem store 1 (?:LE|BE) "[^"\n]*"\n/;
const START = 'polysem store 1 ';
/** Bytes that hold the first line. */
const FIRST_LINE_UP_TO = 1024;

interface Head {
  readonly part: string;
  readonly value: unknown;
  /** Bytes of the arrays, and their SHA-256. */
  readonly bytes: number;
  readonly digest: string;
}

const DIGEST_BYTES = 32;
const PREFIX_BYTES = DIGEST_BYTES + 4;
/** Bytes that are read, written or hashed at a time. */
const AT_ONCE = 2 ** 20;

/**
 * Lists the records of a file without reading their arrays. Stops before the first record with a damaged or incomplete
 * head, and before one whose arrays the file does not hold in full.
 *
 * @param path the file; may be absent.
 * @param identity identity of the run.
 * @returns the index.
 */
export function indexFile(path: string, identity: string): FileIndex {
  const empty = { records: [], end: 0, isDamaged: false };
  return (
    withFile(path, (file) => {
      const first = firstLine(identity);
      const { size } = fstatSync(file);
      if (size < first.length || !readBytes(file, 0, first.length).equals(first)) {
        return {
          ...empty,
          isDamaged: !isStart(readBytes(file, 0, Math.min(size, FIRST_LINE_UP_TO))),
        };
      }
      const records: RecordPlace[] = [];
      let end = first.length;
      for (;;) {
        const found = readHead(file, size, end, identity);
        if (!('head' in found)) return { records, end, ...found };
        const to = found.arraysFrom + found.head.bytes;
        records.push({ part: found.head.part, from: end, to });
        end = to;
      }
    }) ?? empty
  );
}

/**
 * Reads the value of a record.
 *
 * @param path the file.
 * @param identity identity of the run.
 * @param place place of the record.
 * @returns the value as `of`; undefined if the record is damaged.
 */
export function readRecord(
  path: string,
  identity: string,
  { from }: RecordPlace,
): { readonly of: unknown } | undefined {
  return withFile(path, (file) => {
    const found = readHead(file, fstatSync(file).size, from, identity);
    if (!('head' in found)) return undefined;
    const { head, arraysFrom } = found;
    const hash = createHash('sha256');
    let at = arraysFrom;
    const value = decode(head.value, (Type, length) => {
      if (at + length * Type.BYTES_PER_ELEMENT > arraysFrom + head.bytes)
        throw new RangeError('store: a record is shorter than its arrays');
      const numbers = new Type(length);
      const bytes = bytesOf(numbers);
      readInto(file, at, bytes);
      hashInto(hash, bytes);
      at += bytes.length;
      return numbers;
    });
    const isIntact = at === arraysFrom + head.bytes && hash.digest('hex') === head.digest;
    return isIntact ? { of: value } : undefined;
  });
}

/**
 * Appends a record to an open file. Arrays are written directly from memory, because a copy could be as large as all
 * other memory of a run.
 *
 * @param file an open file whose position is its end.
 * @param identity identity of the run.
 * @param part name of the part.
 * @param value the value; see `encode`.
 * @returns number of bytes written.
 */
export function appendRecord(file: number, identity: string, part: string, value: unknown): number {
  const { json, arrays } = encode(value);
  const hash = createHash('sha256');
  let bytes = 0;
  for (const numbers of arrays) {
    hashInto(hash, bytesOf(numbers));
    bytes += numbers.byteLength;
  }
  const head: Head = { part, value: json, bytes, digest: hash.digest('hex') };
  const text = Buffer.from(JSON.stringify(head));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  headDigest(identity, text).copy(prefix);
  prefix.writeUInt32LE(text.length, DIGEST_BYTES);
  writeBytes(file, Buffer.concat([prefix, text]));
  for (const numbers of arrays) writeBytes(file, bytesOf(numbers));
  return prefix.length + text.length + bytes;
}

/** Writes the first line of a file. */
export function beginFile(file: number, identity: string): void {
  writeBytes(file, firstLine(identity));
}

function firstLine(identity: string): Buffer {
  return Buffer.from(`polysem store 1 ${endianness()} ${JSON.stringify(identity)}\n`);
}

function headDigest(identity: string, text: Uint8Array): Buffer {
  return createHash('sha256').update(JSON.stringify(identity)).update(text).digest();
}

/** True if a file begins as every file of records, or is empty or cut off within its first line. */
function isStart(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  return text.includes('\n')
    ? FIRST_LINE.test(text)
    : START.startsWith(text.slice(0, START.length));
}

/** A whole head, or what is wrong with it: the file ends within the record, or the head is damaged. */
type FoundHead =
  | { readonly head: Head; readonly arraysFrom: number }
  | { readonly isDamaged: boolean };

function readHead(file: number, size: number, from: number, identity: string): FoundHead {
  const incomplete = { isDamaged: false };
  if (from + PREFIX_BYTES > size) return incomplete;
  const prefix = readBytes(file, from, PREFIX_BYTES);
  const length = prefix.readUInt32LE(DIGEST_BYTES);
  const arraysFrom = from + PREFIX_BYTES + length;
  if (arraysFrom > size) return incomplete;
  const text = readBytes(file, from + PREFIX_BYTES, length);
  const isIntact = headDigest(identity, text).equals(prefix.subarray(0, DIGEST_BYTES));
  if (!isIntact) return { isDamaged: true };
  const head = JSON.parse(text.toString()) as Head;
  return arraysFrom + head.bytes > size ? incomplete : { head, arraysFrom };
}

/** Does something with a file open for reading; undefined if there is no such file or it cannot be read. */
function withFile<T>(path: string, action: (file: number) => T): T | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return action(file);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function readBytes(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readInto(file, from, bytes);
  return bytes;
}

function readInto(file: number, from: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const read = readSync(file, bytes, at, Math.min(AT_ONCE, bytes.length - at), from + at);
    if (read === 0) throw new RangeError('store: the file has become shorter');
    at += read;
  }
}

function writeBytes(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;)
    at += writeSync(file, bytes, at, Math.min(AT_ONCE, bytes.length - at));
}

function hashInto(hash: Hash, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += AT_ONCE) hash.update(bytes.subarray(at, at + AT_ONCE));
}
