// Pages of a column chunk, byte by byte as parquet.thrift and Thrift's compact protocol lay them out.
import { describe, expect, test } from 'vitest';
import { crc32 } from '../src/bytes/crc32.ts';
import type { ParquetColumn } from '../src/formats/parquet/metadata.ts';
import { readPages, type ChunkClaims } from '../src/formats/parquet/pages.ts';
import { concat } from './helpers.ts';
import { struct, type Fields } from './thrift-messages.ts';

const signed = (bytes: Uint8Array): number => Math.trunc(crc32(bytes)) | 0;

/** A page with its header: type, sizes, checksum, and the header of its type. */
function page(type: number, own: Fields, content: Uint8Array, more: Fields = {}): Uint8Array {
  const sizes = { 1: type, 2: content.length, 3: content.length };
  return concat(Uint8Array.from(struct({ ...sizes, ...more, ...own })), content);
}

const doubles = (...values: number[]): Uint8Array =>
  new Uint8Array(Float64Array.from(values).buffer);
/** Runs behind their length in four bytes. */
const counted = (...bytes: number[]): Uint8Array =>
  concat(Uint8Array.of(bytes.length, 0, 0, 0), Uint8Array.from(bytes));

const [PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY] = [0, 2, 3, 8];
/** A data page of version 1: number of values, encoding, and that of the levels of definition and repetition. */
const data = (count: number, encoding: number, content: Uint8Array, more: Fields = {}) =>
  page(0, { 5: { 1: count, 2: encoding, 3: RLE, 4: RLE } }, content, more);
const dictionary = (count: number, encoding: number, content: Uint8Array) =>
  page(2, { 7: { 1: count, 2: encoding } }, content);
/** A data page of version 2. */
const second = (own: Fields, content: Uint8Array, more: Fields = {}) =>
  page(3, { 8: { 1: 3, 2: 0, 3: 3, 4: PLAIN, 5: 0, 6: 0, ...own } }, content, more);

const COLUMN: ParquetColumn = {
  name: 'x',
  type: 'DOUBLE',
  optional: false,
  kind: { name: 'number' },
};
const OPTIONAL = { ...COLUMN, optional: true };

/** Rows that pages give: values, and null where they are missing. */
function rowsOf(bytes: Uint8Array, claims: Partial<ChunkClaims> = {}): unknown[] {
  const all = { rows: 3, inflate: null, mostInDictionary: 100, column: COLUMN, ...claims };
  return readPages(bytes, all).flatMap(({ values, present, rows }) => {
    let at = 0;
    return Array.from({ length: rows }, (_, row) =>
      present === null || present[row] === 1 ? values[at++] : null,
    );
  });
}

const THREE = doubles(1, -2.5, 1e300);
const values = [1, -2.5, 1e300];
/** Indices 2, 0 and 1 in two bits, packed, behind the number of bits. */
const INDICES = Uint8Array.of(2, 3, 0b01_00_10, 0);

describe('pages of a column', () => {
  test('follow each other until all rows are there', () => {
    const rest = concat(data(1, PLAIN, doubles(7)), 'bytes behind the last page');
    expect(rowsOf(concat(data(2, PLAIN, doubles(5, 6)), rest))).toEqual([5, 6, 7]);
    expect(rowsOf(new Uint8Array(0), { rows: 0 })).toEqual([]);
    expect(() => rowsOf(data(2, PLAIN, doubles(5, 6)))).toThrow('a header exceeds the file');
  });

  test('may have an index among them, which is passed over', () => {
    expect(rowsOf(concat(page(1, {}, new Uint8Array(9)), data(3, PLAIN, THREE)))).toEqual(values);
    expect(() => rowsOf(page(4, {}, new Uint8Array(9)))).toThrow('a page is of unknown type 4');
  });

  test.each([PLAIN_DICTIONARY, RLE_DICTIONARY])(
    'take values from a dictionary, by encoding %d',
    (encoding) => {
      for (const plain of [PLAIN, PLAIN_DICTIONARY]) {
        const all = concat(dictionary(3, plain, THREE), data(3, encoding, INDICES));
        expect(rowsOf(all, { mostInDictionary: 3 })).toEqual([1e300, 1, -2.5]);
        expect(() => rowsOf(all, { mostInDictionary: 2 })).toThrow(
          'a dictionary has too many values',
        );
      }
      expect(() => rowsOf(data(3, encoding, INDICES))).toThrow(
        'a page has indices but no dictionary',
      );
      expect(() => rowsOf(dictionary(3, encoding + 1, THREE))).toThrow('a dictionary is not plain');
      expect(() => rowsOf(concat(data(3, 1, THREE)))).toThrow('uses an encoding that is not read');
    },
  );

  test('have one dictionary, before all values', () => {
    const words = dictionary(3, PLAIN, THREE);
    const first = data(1, PLAIN, doubles(1));
    for (const twice of [concat(words, words), concat(first, words)])
      expect(() => rowsOf(twice)).toThrow('a column has two dictionaries');
  });

  test('need no dictionary where all rows are missing', () => {
    const missing = data(3, RLE_DICTIONARY, counted(6, 0));
    expect(rowsOf(missing, { column: OPTIONAL })).toEqual([null, null, null]);
  });

  test('have no more rows than the column, one by one and together', () => {
    const says = 'a page has more rows than its column';
    expect(() => rowsOf(data(3, PLAIN, THREE), { rows: 2 })).toThrow(says);
    const two = data(2, PLAIN, doubles(1, 2));
    expect(() => rowsOf(concat(two, two))).toThrow(says);
    expect(rowsOf(concat(two, two), { rows: 4 })).toEqual([1, 2, 1, 2]);
  });

  test('end within the column, and have the length that they claim', () => {
    const whole = data(3, PLAIN, THREE);
    expect(rowsOf(whole)).toEqual(values);
    expect(() => rowsOf(whole.subarray(0, -1))).toThrow('a page ends beyond its column');
    for (const length of [23, 25])
      expect(() => rowsOf(data(3, PLAIN, THREE, { 2: length }))).toThrow(
        'a page does not have the length that it claims',
      );
    expect(() => rowsOf(page(0, {}, THREE))).toThrow('a page header lacks a field');
    expect(() => rowsOf(page(0, { 5: { 1: 3, 2: PLAIN, 3: RLE } }, THREE))).toThrow(
      'a header lacks field 4',
    );
    expect(() => rowsOf(data(3, PLAIN, THREE, { 2: undefined }))).toThrow('a header lacks field 2');
  });

  test('are compared with their checksum, where they have one', () => {
    expect(rowsOf(data(3, PLAIN, THREE, { 4: signed(THREE) }))).toEqual(values);
    for (const sum of [signed(THREE) ^ 1, 0])
      expect(() => rowsOf(data(3, PLAIN, THREE, { 4: sum }))).toThrow(
        'the checksum of a page is wrong',
      );
  });

  test('are decompressed as a whole, but for the levels of version 2', () => {
    const seen: number[][] = [];
    const inflate = (packed: Uint8Array, length: number): Uint8Array => {
      seen.push([packed.length, length]);
      return THREE;
    };
    const rest = Uint8Array.of(9, 9, 9, 9);
    expect(rowsOf(data(3, PLAIN, rest, { 2: 24 }), { inflate })).toEqual(values);
    const levels = Uint8Array.of(6, 1);
    const both = concat('LL', levels, rest);
    const column = OPTIONAL;
    const sizes = { 5: 2, 6: 2 };
    expect(rowsOf(second(sizes, both, { 2: 28 }), { inflate, column })).toEqual(values);
    expect(rowsOf(second({ ...sizes, 7: true }, both, { 2: 28 }), { inflate, column })).toEqual(
      values,
    );
    expect(seen).toEqual([[4, 24], ...Array.from({ length: 2 }, () => [4, 24])]);
    const plain = second({ ...sizes, 7: false }, concat('LL', levels, THREE));
    expect(rowsOf(plain, { inflate, column })).toEqual(values);
    expect(seen).toHaveLength(3);
    expect(() => rowsOf(second(sizes, both, { 2: 3 }), { inflate, column })).toThrow(
      'a page header has an impossible size',
    );
  });
});

describe('levels', () => {
  const column = OPTIONAL;
  /** Three rows, the second of which is missing: packed bits 1, 0 and 1. */
  const LEVELS = [3, 0b101];
  const TWO = doubles(4, 5);

  test('say which rows have a value', () => {
    const first = data(3, PLAIN, concat(counted(...LEVELS), TWO));
    expect(rowsOf(first, { column })).toEqual([4, null, 5]);
    const own = { 2: 1, 5: 2 };
    const both = concat(Uint8Array.from(LEVELS), TWO);
    expect(rowsOf(second(own, both), { column })).toEqual([4, null, 5]);
  });

  test('of version 1 have an encoding and a length', () => {
    const content = concat(counted(...LEVELS), TWO);
    const other = page(0, { 5: { 1: 3, 2: PLAIN, 3: 4, 4: RLE } }, content);
    expect(() => rowsOf(other, { column })).toThrow('levels have an encoding that is not read');
    const none = counted(6, 0);
    expect(rowsOf(data(3, PLAIN, none), { column })).toEqual([null, null, null]);
    none[0] = 3;
    expect(() => rowsOf(data(3, PLAIN, none), { column })).toThrow(
      'the levels of a page are longer than it is',
    );
    expect(() => rowsOf(data(3, PLAIN, none.subarray(0, 3)), { column })).toThrow(
      'a page ends before the length of its levels',
    );
  });

  test('of version 2 are as long as the header says, for as many rows as values', () => {
    expect(rowsOf(second({ 5: 2 }, Uint8Array.of(6, 0)), { column })).toEqual([null, null, null]);
    for (const sizes of [{ 5: 3 }, { 5: 2, 6: 1 }])
      expect(() => rowsOf(second(sizes, Uint8Array.of(6, 0)), { column })).toThrow(
        'the levels of a page are longer than it is',
      );
    for (const count of [2, 4])
      expect(() => rowsOf(second({ 3: count }, THREE))).toThrow('a page has lists or lacks rows');
    expect(() => rowsOf(second({ 2: undefined }, THREE))).toThrow('a header lacks field 2');
    // Levels of a column in which no value may be missing are passed over.
    expect(rowsOf(second({ 5: 3 }, concat('any', THREE)))).toEqual(values);
  });
});

describe('values of a page', () => {
  test('booleans are bits, or runs behind their length', () => {
    const column: ParquetColumn = { ...COLUMN, type: 'BOOLEAN' };
    expect(rowsOf(data(3, PLAIN, Uint8Array.of(0b101)), { column })).toEqual([1, 0, 1]);
    expect(() => rowsOf(data(9, PLAIN, Uint8Array.of(255)), { column, rows: 9 })).toThrow(
      'a page has fewer than 9 values',
    );
    const runs = counted(3, 0b110);
    expect(rowsOf(data(3, RLE, runs), { column })).toEqual([0, 1, 1]);
    runs[0] = 3;
    expect(() => rowsOf(data(3, RLE, runs), { column })).toThrow('runs are longer than their page');
    expect(() => rowsOf(data(3, RLE, THREE))).toThrow('uses an encoding that is not read');
  });

  test('the bytes of numbers may be split', () => {
    const split = Uint8Array.from({ length: 24 }, (_, i) => THREE[(i % 3) * 8 + Math.floor(i / 3)]);
    expect(rowsOf(data(3, 9, split))).toEqual(values);
  });

  test('texts have a length of four bytes each', () => {
    const column: ParquetColumn = { ...COLUMN, type: 'BYTE_ARRAY', kind: { name: 'text' } };
    const long = 'x'.repeat(300);
    const texts = concat(counted(), counted(104, 105), Uint8Array.of(44, 1, 0, 0), long);
    expect(rowsOf(data(3, PLAIN, texts), { column })).toEqual(['', 'hi', long]);
    expect(() => rowsOf(data(3, PLAIN, texts.subarray(0, -1)), { column })).toThrow(
      'a text goes on beyond its page',
    );
    const short = concat(counted(), counted(1, 2, 3, 4, 5, 6));
    expect(() => rowsOf(data(3, PLAIN, short), { column })).toThrow(
      'a page has fewer than 3 values',
    );
    expect(() => rowsOf(data(3, PLAIN, concat(texts, 'x')), { column })).toThrow(
      'a page has more than 3 values',
    );
  });

  test.each<[string, ParquetColumn['type'], ParquetColumn['kind'], Uint8Array, number[]]>([
    [
      'floats',
      'FLOAT',
      { name: 'number' },
      new Uint8Array(Float32Array.of(0.1, -2, 3).buffer),
      [Math.fround(0.1), -2, 3],
    ],
    [
      'halves',
      'FIXED_LEN_BYTE_ARRAY',
      { name: 'half' },
      Uint8Array.of(0, 0x3c, 0, 0xc0, 1, 0),
      [1, -2, 2 ** -24],
    ],
    [
      'whole numbers of 8 bits',
      'INT32',
      { name: 'integer', bits: 8, signed: true },
      new Uint8Array(Int32Array.of(-128, 0, 127).buffer),
      [-128, 0, 127],
    ],
    [
      'of 8 bits without sign',
      'INT32',
      { name: 'integer', bits: 8, signed: false },
      new Uint8Array(Int32Array.of(0, 1, 255).buffer),
      [0, 1, 255],
    ],
    [
      'of 32 bits without sign',
      'INT32',
      { name: 'integer', bits: 32, signed: false },
      new Uint8Array(Uint32Array.of(0, 1, 2 ** 32 - 1).buffer),
      [0, 1, 2 ** 32 - 1],
    ],
    [
      'of 64 bits',
      'INT64',
      { name: 'integer', bits: 64, signed: true },
      new Uint8Array(BigInt64Array.of(-(2n ** 53n) + 1n, 0n, 2n ** 53n - 1n).buffer),
      [1 - 2 ** 53, 0, 2 ** 53 - 1],
    ],
  ])('%s', (_, type, kind, bytes, expected) => {
    expect(rowsOf(data(3, PLAIN, bytes), { column: { ...COLUMN, type, kind } })).toEqual(expected);
  });

  test.each<[number, boolean, number, string]>([
    [8, true, 128, 'has an integer of 128, beyond its 8 bits'],
    [8, true, -129, 'has an integer of -129, beyond its 8 bits'],
    [16, false, 65_536, 'has an integer of 65536, beyond its 16 bits'],
    [16, false, -1, 'has an integer of -1, beyond its 16 bits'],
  ])('whole numbers of %d bits (signed: %s) do not include %d', (bits, isSigned, value, says) => {
    const column: ParquetColumn = {
      ...COLUMN,
      type: 'INT32',
      kind: { name: 'integer', bits, signed: isSigned },
    };
    // As -1 without a sign is stored in more bits than it has, only its type can say so.
    const stored = new Uint8Array(Int32Array.of(value).buffer);
    const stands = value < 0 && !isSigned ? says.replace('-1', '4294967295') : says;
    expect(() => rowsOf(data(1, PLAIN, stored), { column, rows: 1 })).toThrow(stands);
  });

  test('whole numbers of 64 bits are exact as doubles', () => {
    const column: ParquetColumn = {
      ...COLUMN,
      type: 'INT64',
      kind: { name: 'integer', bits: 64, signed: true },
    };
    for (const value of [2n ** 53n, -(2n ** 53n)])
      expect(() =>
        rowsOf(data(1, PLAIN, new Uint8Array(BigInt64Array.of(value).buffer)), { column, rows: 1 }),
      ).toThrow(`has an integer near ${value}, beyond 2^53`);
  });
});
