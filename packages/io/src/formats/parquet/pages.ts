import { viewOf } from '../../bytes/byte-source.ts';
import { crc32 } from '../../bytes/crc32.ts';
import type { Inflate } from './codecs.ts';
import type { ParquetColumn } from './metadata.ts';
import { decodeRuns } from './runs.ts';
import {
  numberIn,
  readThriftStruct,
  requireFields,
  sizeIn,
  structIn,
  type ThriftStruct,
} from './thrift.ts';
import { decodeIndices, decodePlain, decodeSplit, type Values } from './values.ts';

/*
 * polysem decodes pages itself because damaged ones must be refused: every count, run, index and end is checked, and nothing
 * is allocated that the bytes cannot hold.
 */

/** Facts that the pages of a column chunk must agree with. */
export interface ChunkClaims {
  readonly rows: number;
  /** Inflates a compressed page and counts its bytes; null for uncompressed chunks. */
  readonly inflate: Inflate | null;
  /** Largest number of values in a dictionary. */
  readonly mostInDictionary: number;
  readonly column: ParquetColumn;
}

/** Values of one page: those present, and which rows they belong to; null if to all. */
export interface PageValues {
  readonly values: Values;
  readonly present: Uint32Array | null;
  readonly rows: number;
}

const DATA_PAGE = 0;
const INDEX_PAGE = 1;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;
const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE = 3;
const RLE_DICTIONARY = 8;
const BYTE_STREAM_SPLIT = 9;

/**
 * Reads the pages of a column chunk.
 *
 * Source: parquet.thrift and README.md of Apache Parquet, version 2.12.
 * @throws RangeError, or the error of a decompressor, that says what is damaged.
 */
export function readPages(bytes: Uint8Array, claims: ChunkClaims): PageValues[] {
  const pages: PageValues[] = [];
  let dictionary: Values | null = null;
  let at = 0;
  let rows = 0;
  while (rows < claims.rows) {
    const header = readThriftStruct(bytes, at);
    const type = numberIn(header, 1);
    requireFields(header, 2);
    at = header.end + sizeIn(header, 3);
    if (at > bytes.length) throw new RangeError('a page ends beyond its column');
    const page = bytes.subarray(header.end, at);
    checkSum(page, header);
    if (type === INDEX_PAGE) continue;
    if (type === DICTIONARY_PAGE) {
      if (dictionary !== null || rows > 0) throw new RangeError('a column has two dictionaries');
      dictionary = readDictionary(page, header, claims);
      continue;
    }
    if (type !== DATA_PAGE && type !== DATA_PAGE_V2)
      throw new RangeError(`a page is of unknown type ${type}`);
    const read = type === DATA_PAGE ? readPage : readPageV2;
    const next = read(page, header, dictionary, claims);
    rows += next.rows;
    if (rows > claims.rows) throw new RangeError('a page has more rows than its column');
    pages.push(next);
  }
  return pages;
}

function checkSum(page: Uint8Array, header: ThriftStruct): void {
  if (header.fields.has(4) && crc32(page) !== numberIn(header, 4) >>> 0)
    throw new RangeError('the checksum of a page is wrong');
}

function readDictionary(page: Uint8Array, header: ThriftStruct, claims: ChunkClaims): Values {
  const own = ownHeader(header, 7);
  const count = sizeIn(own, 1);
  const encoding = numberIn(own, 2);
  if (encoding !== PLAIN && encoding !== PLAIN_DICTIONARY)
    throw new RangeError('a dictionary is not plain');
  if (count > claims.mostInDictionary) throw new RangeError('a dictionary has too many values');
  return decodePlain(uncompressed(page, sizeIn(header, 2), claims.inflate), count, claims.column);
}

function readPage(
  page: Uint8Array,
  header: ThriftStruct,
  dictionary: Values | null,
  claims: ChunkClaims,
): PageValues {
  const own = ownHeader(header, 5);
  requireFields(own, 3, 4);
  const rows = rowsOf(own, claims);
  const bytes = uncompressed(page, sizeIn(header, 2), claims.inflate);
  if (!claims.column.optional) {
    const values = decodeValues(bytes, numberIn(own, 2), rows, dictionary, claims.column);
    return { values, present: null, rows };
  }
  if (numberIn(own, 3) !== RLE) throw new RangeError('levels have an encoding that is not read');
  const end = 4 + lengthAt(bytes);
  if (end > bytes.length) throw new RangeError('the levels of a page are longer than it is');
  const present = decodeRuns(bytes.subarray(4, end), 1, rows, 2);
  const rest = bytes.subarray(end);
  const values = decodeValues(rest, numberIn(own, 2), sum(present), dictionary, claims.column);
  return { values, present, rows };
}

function readPageV2(
  page: Uint8Array,
  header: ThriftStruct,
  dictionary: Values | null,
  claims: ChunkClaims,
): PageValues {
  const own = ownHeader(header, 8);
  requireFields(own, 2);
  const rows = rowsOf(own, claims);
  if (sizeIn(own, 3) !== rows) throw new RangeError('a page has lists or lacks rows');
  const begin = sizeIn(own, 6);
  const levels = sizeIn(own, 5) + begin;
  if (levels > page.length) throw new RangeError('the levels of a page are longer than it is');
  // The header also counts missing values; the levels say which they are, and are read alone.
  const present = claims.column.optional
    ? decodeRuns(page.subarray(begin, levels), 1, rows, 2)
    : null;
  const isCompressed = own.fields.get(7) !== 0;
  const bytes = uncompressed(
    page.subarray(levels),
    sizeIn(header, 2) - levels,
    isCompressed ? claims.inflate : null,
  );
  const count = present === null ? rows : sum(present);
  const values = decodeValues(bytes, numberIn(own, 4), count, dictionary, claims.column);
  return { values, present, rows };
}

function rowsOf(own: ThriftStruct, { rows }: ChunkClaims): number {
  const count = sizeIn(own, 1);
  if (count > rows) throw new RangeError('a page has more rows than its column');
  return count;
}

function decodeValues(
  bytes: Uint8Array,
  encoding: number,
  count: number,
  dictionary: Values | null,
  column: ParquetColumn,
): Values {
  if (encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) {
    if (count === 0) return [];
    if (dictionary === null) throw new RangeError('a page has indices but no dictionary');
    return decodeIndices(bytes, count, dictionary);
  }
  if (encoding === PLAIN) return decodePlain(bytes, count, column);
  if (encoding === BYTE_STREAM_SPLIT) return decodeSplit(bytes, count, column);
  if (encoding === RLE && column.type === 'BOOLEAN') {
    const end = 4 + lengthAt(bytes);
    if (end > bytes.length) throw new RangeError('runs are longer than their page');
    return Float64Array.from(decodeRuns(bytes.subarray(4, end), 1, count, 2));
  }
  throw new RangeError(
    'uses an encoding that is not read; write it with plain or dictionary encoding',
  );
}

function lengthAt(bytes: Uint8Array): number {
  if (bytes.length < 4) throw new RangeError('a page ends before the length of its levels');
  return viewOf(bytes).getUint32(0, true);
}

function uncompressed(page: Uint8Array, length: number, inflate: Inflate | null): Uint8Array {
  if (length < 0) throw new RangeError('a page header has an impossible size');
  if (inflate !== null) return inflate(page, length);
  if (length === page.length) return page;
  throw new RangeError('a page does not have the length that it claims');
}

function ownHeader(header: ThriftStruct, field: number): ThriftStruct {
  const own = structIn(header, field);
  if (own !== undefined) return own;
  throw new RangeError('a page header lacks a field');
}

function sum(ones: Uint32Array): number {
  return ones.reduce((total, one) => total + one, 0);
}
