import type { Inflate } from './codecs.ts';
import { readThriftStruct, type ThriftStruct } from './thrift.ts';

/*
 * hyparquet 1.31 allocates and repeats what the headers and run lengths of a page claim: a kilobyte can request
 * gigabytes. Therefore every page is checked before the library reads it: its sizes, and the lengths of its runs.
 */

/** Properties that the pages of a column chunk must agree with. */
export interface ChunkClaims {
  readonly rows: number;
  /** Inflates a compressed page and counts its bytes; null for uncompressed chunks. */
  readonly inflate: Inflate | null;
  /** Largest number of values in a dictionary. */
  readonly mostInDictionary: number;
  readonly type: string;
  /** True if values may be null, so that levels say which are present. */
  readonly optional: boolean;
  readonly typeLength: number;
}

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;
const PLAIN = 0;
const BOOLEAN_RUNS = 3;
const BYTE_STREAM_SPLIT = 9;
/** Encodings by runs of dictionary indices. */
const DICTIONARY_ENCODINGS = new Set([2, 8]);

/**
 * Checks the pages of a column chunk.
 *
 * @throws RangeError that says what is wrong.
 */
export function checkPages(bytes: Uint8Array, claims: ChunkClaims): void {
  let at = 0;
  let rows = 0;
  while (rows < claims.rows) {
    const header = readThriftStruct(bytes, at);
    const stored = size(header, 3);
    at = header.end + stored;
    if (at > bytes.length) throw new RangeError('a page ends beyond its column');
    const page = bytes.subarray(header.end, at);
    const type = number(header, 1);
    if (type === DICTIONARY_PAGE) checkDictionary(page, header, claims);
    else if (type === DATA_PAGE) rows += checkPage(page, header, claims, claims.rows - rows);
    else if (type === DATA_PAGE_V2) rows += checkPageV2(page, header, claims, claims.rows - rows);
    else throw new RangeError(`a page is of unknown type ${type}`);
  }
}

function checkDictionary(page: Uint8Array, header: ThriftStruct, claims: ChunkClaims): void {
  const bytes = uncompressed(page, size(header, 2), claims.inflate);
  const count = size(struct(header, 7), 1);
  if (count > claims.mostInDictionary) throw new RangeError('a dictionary has too many values');
  checkPlain(count, bytes.length, claims);
}

function checkPage(
  page: Uint8Array,
  header: ThriftStruct,
  claims: ChunkClaims,
  most: number,
): number {
  const own = struct(header, 5);
  const count = size(own, 1);
  if (count > most) throw new RangeError('a page has more rows than its column');
  const bytes = uncompressed(page, size(header, 2), claims.inflate);
  let at = 0;
  let present = count;
  if (claims.optional) {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(
      0,
      true,
    );
    present = checkRuns(bytes, 4, 1, count);
    at = 4 + length;
  }
  checkValues(bytes, at, number(own, 2), present, claims);
  return count;
}

function checkPageV2(
  page: Uint8Array,
  header: ThriftStruct,
  claims: ChunkClaims,
  most: number,
): number {
  const own = struct(header, 8);
  const count = size(own, 1);
  if (count > most) throw new RangeError('a page has more rows than its column');
  if (size(own, 2) > count) throw new RangeError('a page has more nulls than values');
  const levels = size(own, 5) + size(own, 6);
  if (levels > page.length) throw new RangeError('the levels of a page are longer than it is');
  if (claims.optional) checkRuns(page, size(own, 6), 1, count);
  const rest = page.subarray(levels);
  const isCompressed = own.fields.get(7) !== 0;
  const inflate = isCompressed ? claims.inflate : null;
  const bytes = uncompressed(rest, isCompressed ? size(header, 2) - levels : rest.length, inflate);
  checkValues(bytes, 0, number(own, 4), count - size(own, 2), claims);
  return count;
}

function checkValues(
  bytes: Uint8Array,
  from: number,
  encoding: number,
  count: number,
  claims: ChunkClaims,
): void {
  if (count === 0) return;
  if (encoding === PLAIN) return;
  if (encoding === BYTE_STREAM_SPLIT) {
    // Null values take no bytes, so only the size of a value can be checked.
    if (claims.typeLength > 8) throw new RangeError('a value is too long');
    return;
  }
  if (encoding === BOOLEAN_RUNS && claims.type === 'BOOLEAN') {
    checkRuns(bytes, from + 4, 1, count);
    return;
  }
  if (!DICTIONARY_ENCODINGS.has(encoding)) {
    throw new RangeError(
      'uses an encoding that is not read; write it with plain or dictionary encoding',
    );
  }
  const width = bytes[from];
  if (!(width <= 32)) throw new RangeError('indices have more than 32 bits');
  if (width > 0) checkRuns(bytes, from + 1, width, count);
}

/** Checks that the bytes can hold this number of plain values. */
function checkPlain(count: number, bytes: number, { type, typeLength }: ChunkClaims): void {
  const sizes: Readonly<Record<string, number>> = {
    BOOLEAN: 1 / 8,
    INT32: 4,
    FLOAT: 4,
    INT64: 8,
    DOUBLE: 8,
    BYTE_ARRAY: 4,
    FIXED_LEN_BYTE_ARRAY: typeLength,
  };
  if (!(count * (sizes[type] ?? Infinity) <= bytes)) {
    throw new RangeError('a dictionary has more values than bytes for them');
  }
}

/**
 * Checks runs of values of `width` bits: repeated values must not exceed `count` in total. Returns how many values are
 * 1, for one bit.
 */
function checkRuns(bytes: Uint8Array, from: number, width: number, count: number): number {
  let at = from;
  let seen = 0;
  let ones = 0;
  while (seen < count) {
    let head = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at >= bytes.length || scale > 2 ** 31)
        throw new RangeError('runs go on beyond their page');
      const next = bytes[at++];
      head += (next & 127) * scale;
      if (next < 128) break;
    }
    const length = Math.floor(head / 2);
    if (head % 2 === 1) {
      // Groups of eight values, each group in `width` bytes; the last may be padded.
      const bits = width === 1 ? Math.min(length * 8, count - seen) : 0;
      for (let i = 0; i < bits; i++) {
        ones += (bytes[at + (i >> 3)] >> (i & 7)) & 1;
      }
      at += length * width;
      seen += length * 8;
    } else {
      if (length > count - seen) throw new RangeError('a run has more values than its page');
      ones += (bytes[at] & 1) * length;
      at += Math.ceil(width / 8);
      seen += length;
    }
  }
  return ones;
}

function uncompressed(page: Uint8Array, length: number, inflate: Inflate | null): Uint8Array {
  if (inflate === null) return page;
  if (length < 0) throw new RangeError('a page header has an impossible size');
  return inflate(page, length);
}

function number(header: ThriftStruct, field: number): number {
  const value = header.fields.get(field);
  if (typeof value === 'number') return value;
  throw new RangeError('a page header lacks a field');
}

function size(header: ThriftStruct, field: number): number {
  const value = number(header, field);
  if (Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw new RangeError('a page header has an impossible size');
}

function struct(header: ThriftStruct, field: number): ThriftStruct {
  const value = header.fields.get(field);
  if (typeof value === 'object') return value;
  throw new RangeError('a page header lacks a field');
}
