// Footers of Parquet files, field by field as parquet.thrift numbers them.
import { describe, expect, test } from 'vitest';
import { parquetCodecs } from '../src/formats/parquet/codecs.ts';
import { parseMetadata } from '../src/formats/parquet/metadata.ts';
import { readThriftStruct, textOf } from '../src/formats/parquet/thrift.ts';
import { struct, type Fields } from './thrift-messages.ts';

const [BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTE_ARRAY, FIXED] = [0, 1, 2, 3, 4, 5, 6, 7];

/** A SchemaElement: type, length, repetition, name, number of children, converted type, logical type. */
const leaf = (name: string, type: number, more: Fields = {}): Fields => ({
  1: type,
  3: 0,
  4: name,
  ...more,
});

/** A footer: version, schema, rows, groups of rows, key-value metadata. */
const footer = (schema: readonly Fields[], more: Fields = {}): Uint8Array => {
  const root = { 4: 'schema', 5: schema.length };
  return Uint8Array.from(struct({ 1: 2, 2: [root, ...schema], 3: 0, 4: [], ...more }));
};
const columnOf = (element: Fields) => parseMetadata(footer([element])).columns[0];
const kindOf = (type: number, more: Fields = {}) => columnOf(leaf('x', type, more)).kind;
const integer = (bits: number, signed: boolean) => ({ name: 'integer', bits, signed });

describe('the meaning of a column', () => {
  test.each([
    [BOOLEAN, 'BOOLEAN', { name: 'number' }],
    [INT32, 'INT32', integer(32, true)],
    [INT64, 'INT64', integer(64, true)],
    [INT96, 'INT96', null],
    [FLOAT, 'FLOAT', { name: 'number' }],
    [DOUBLE, 'DOUBLE', { name: 'number' }],
    [BYTE_ARRAY, 'BYTE_ARRAY', { name: 'text' }],
    [FIXED, 'FIXED_LEN_BYTE_ARRAY', null],
  ])('of stored type %d, %s', (type, name, kind) => {
    expect(columnOf(leaf('x', type, { 2: 5 }))).toEqual({
      name: 'x',
      type: name,
      optional: false,
      kind,
    });
  });

  test.each([
    [0, BYTE_ARRAY, { name: 'text' }],
    [0, INT32, null],
    [1, BYTE_ARRAY, null],
    [4, BYTE_ARRAY, { name: 'text' }],
    [5, INT32, null],
    [6, INT32, null],
    [9, INT64, null],
    [10, INT64, null],
    [11, INT32, integer(8, false)],
    [12, INT32, integer(16, false)],
    [13, INT32, integer(32, false)],
    [14, INT64, integer(64, false)],
    [14, INT32, null],
    [15, INT32, integer(8, true)],
    [16, INT32, integer(16, true)],
    [17, INT32, integer(32, true)],
    [18, INT64, integer(64, true)],
    [17, INT64, null],
    [18, INT32, null],
    [11, DOUBLE, null],
    [19, INT32, null],
    [20, BYTE_ARRAY, null],
  ])('by its converted type, %d of %d', (converted, type, kind) => {
    expect(kindOf(type, { 6: converted })).toEqual(kind);
  });

  test('by its logical type, which counts before the converted type', () => {
    const logical = (type: number, field: Fields, more: Fields = {}) =>
      kindOf(type, { ...more, 10: field });
    expect(logical(BYTE_ARRAY, { 1: {} }, { 6: 1 })).toEqual({ name: 'text' });
    expect(logical(BYTE_ARRAY, { 4: {} })).toEqual({ name: 'text' });
    expect(logical(INT32, { 1: {} })).toBeNull();
    expect(logical(INT32, { 5: {} })).toBeNull();
    expect(logical(BYTE_ARRAY, { 12: {} })).toBeNull();
    expect(logical(INT32, { 10: { 1: 8, 2: true } }, { 6: 12 })).toEqual(integer(8, true));
    expect(logical(INT32, { 10: { 1: 16, 2: false } })).toEqual(integer(16, false));
    expect(logical(INT64, { 10: { 1: 64, 2: false } })).toEqual(integer(64, false));
    expect(logical(INT32, { 10: { 1: 64, 2: false } })).toBeNull();
    expect(logical(INT32, { 10: { 1: 24, 2: false } })).toBeNull();
    expect(logical(FIXED, { 15: {} }, { 2: 2 })).toEqual({ name: 'half' });
    expect(logical(FIXED, { 15: {} }, { 2: 4 })).toBeNull();
    expect(logical(BYTE_ARRAY, { 15: {} }, { 2: 2 })).toBeNull();
  });

  test('where values may be missing, or are repeated', () => {
    expect(columnOf(leaf('x', DOUBLE, { 3: 1 }))).toMatchObject({
      optional: true,
      kind: { name: 'number' },
    });
    expect(columnOf(leaf('x', DOUBLE, { 3: 2 }))).toMatchObject({ optional: false, kind: null });
    expect(columnOf({ 1: DOUBLE, 4: 'x' }).kind).toBeNull();
  });
});

test('columns are at the top; those below belong to the group before them', () => {
  const group = (name: string, children: number) => ({ 3: 0, 4: name, 5: children });
  const schema = [
    group('a', 2),
    group('inner', 2),
    leaf('deep', DOUBLE),
    leaf('deeper', DOUBLE),
    leaf('x', DOUBLE),
    leaf('b', DOUBLE),
    group('c', 1),
    leaf('d', DOUBLE),
    leaf('e', DOUBLE),
  ];
  const { columns } = parseMetadata(footer(schema));
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['a', undefined],
    ['b', 'DOUBLE'],
    ['c', undefined],
    ['e', 'DOUBLE'],
  ]);
});

describe('groups of rows', () => {
  /** ColumnMetaData: type, encodings, path, codec, values, sizes, offsets of data and dictionary. */
  const chunk = (own: Fields, more: Fields = {}): Fields => ({
    ...more,
    3: { 1: DOUBLE, 2: [0], 3: ['x'], 4: 0, 5: 7, 6: 80, 7: 70, 9: 100, ...own },
  });
  const parsed = (...chunks: readonly Fields[]) =>
    parseMetadata(footer([leaf('x', DOUBLE)], { 3: 7, 4: [{ 1: chunks, 2: 560, 3: 7 }] }));

  test('say where the pages of a column are', () => {
    const { groups } = parsed(chunk({}));
    expect(groups.map(({ rows }) => rows)).toEqual([7]);
    expect(groups[0].chunks.get('x')).toEqual({
      path: ['x'],
      type: 'DOUBLE',
      codec: 'UNCOMPRESSED',
      values: 7,
      begin: 100,
      size: 70,
      isElsewhere: false,
    });
    expect(parsed(chunk({}, { 1: 'part.parquet' })).groups[0].chunks.get('x')?.isElsewhere).toBe(
      true,
    );
  });

  test.each([
    [undefined, 100],
    [0, 100],
    [1, 1],
    [4, 4],
    [99, 99],
    [100, 100],
    [101, 100],
  ])('begin at a dictionary that is before the values: %s', (dictionary, begin) => {
    expect(parsed(chunk({ 11: dictionary })).groups[0].chunks.get('x')?.begin).toBe(begin);
  });

  test.each([
    [0, 'UNCOMPRESSED'],
    [1, 'SNAPPY'],
    [2, 'GZIP'],
    [3, 'LZO'],
    [4, 'BROTLI'],
    [5, 'LZ4'],
    [6, 'ZSTD'],
    [7, 'LZ4_RAW'],
    [8, 'codec 8'],
  ])('compressor %d is %s', (number, name) => {
    expect(parsed(chunk({ 4: number })).groups[0].chunks.get('x')?.codec).toBe(name);
  });

  test('leave out columns within others, and refuse one that occurs twice', () => {
    expect(parsed(chunk({ 3: ['x', 'y'] })).groups[0].chunks.size).toBe(0);
    expect(() => parsed(chunk({}), chunk({}))).toThrow('a column occurs twice in a group of rows');
    expect(() => parsed({ 2: 4 })).toThrow('a column is encrypted or has no metadata');
    const group = { 1: [chunk({})], 2: 560, 3: 7 };
    const withGroup = (own: Fields) =>
      parseMetadata(footer([leaf('x', DOUBLE)], { 3: 7, 4: [own] }));
    expect(withGroup(group).groups).toHaveLength(1);
    for (const field of [1, 2])
      expect(() => withGroup({ ...group, [field]: undefined })).toThrow(
        `a header lacks field ${field}`,
      );
    expect(() => withGroup({ 3: 7 })).toThrow('a header lacks field 1');
    expect(() => withGroup({ ...group, 3: undefined })).toThrow('a header lacks a field');
  });

  test.each([
    [{ 5: -1 }, 'a count is impossible'],
    [{ 7: -1 }, 'a count is impossible'],
    [{ 9: -1 }, 'a count is impossible'],
    [{ 2: undefined }, 'a header lacks field 2'],
    [{ 3: undefined }, 'a header lacks field 3'],
    [{ 6: undefined }, 'a header lacks field 6'],
    [{ 1: undefined }, 'a header lacks a field'],
    [{ 2: undefined, 3: undefined, 6: undefined }, 'a header lacks field 2'],
    [{ 3: undefined, 6: undefined }, 'a header lacks field 3'],
  ])('%j is refused', (own, message) => {
    expect(() => parsed(chunk(own))).toThrow(message);
  });
});

test('the rows of all groups add up to those of the file', () => {
  const groups = (rows: number) =>
    footer([], { 3: rows, 4: [3, 4].map((own) => ({ 1: [], 2: 0, 3: own })) });
  expect(parseMetadata(groups(7)).groups.map(({ rows }) => rows)).toEqual([3, 4]);
  for (const rows of [6, 8])
    expect(() => parseMetadata(groups(rows))).toThrow('groups of rows do not add up');
  for (const field of [1, 2, 3, 4])
    expect(() => parseMetadata(footer([], { [field]: undefined }))).toThrow(
      `a header lacks field ${field}`,
    );
});

test('notes are pairs of a key and a value', () => {
  const notes = [{ 1: 'a', 2: 'b' }, { 1: 'empty' }];
  expect(parseMetadata(footer([leaf('x', DOUBLE)], { 5: notes })).notes).toEqual([
    ['a', 'b'],
    ['empty', ''],
  ]);
});

test('texts are UTF-8, whose mark at the beginning is kept', () => {
  expect(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3, 0xa9))).toBe('\uFEFFé');
  expect(() => textOf(Uint8Array.of(0xc3))).toThrow(TypeError);
});

test('structs and lists are nested at most 24 times in another one', () => {
  const structs = (depth: number) =>
    Uint8Array.from([...Array.from({ length: depth }, () => 0x1c), ...new Uint8Array(depth + 1)]);
  // Lists of one list each, and an empty list of bytes.
  const lists = (depth: number) =>
    Uint8Array.from([0x19, ...Array.from({ length: depth }, () => 0x19), 0x03, 0]);
  expect(readThriftStruct(structs(24), 0).end).toBe(49);
  expect(() => readThriftStruct(structs(25), 0)).toThrow('structs are nested too deep');
  expect(readThriftStruct(lists(24), 0).end).toBe(27);
  expect(() => readThriftStruct(lists(25), 0)).toThrow('lists are nested too deep');
});

test.each([
  ['SNAPPY', 22],
  ['GZIP', 1032],
  ['LZ4', 255],
  ['LZ4_RAW', 255],
])('a page of %s may be %d times as long, and 64 bytes more', (codec, times) => {
  const { spend } = parquetCodecs(1000);
  spend(codec, 3, 3 * times + 64);
  spend(codec, 0, 0);
  for (const length of [3 * times + 65, -1, NaN])
    expect(() => spend(codec, 3, length)).toThrow(
      'a page claims more bytes than its compressed ones can hold',
    );
});

test('all pages together may have 400 bytes per byte of the file, and 256 kB', () => {
  const room = 400 * 1000 + 2 ** 18;
  const { spend } = parquetCodecs(1000);
  spend('ZSTD', 1, room - 10);
  spend('ZSTD', 1, 10);
  expect(() => spend('ZSTD', 1, 1)).toThrow('its pages claim too many bytes for the size');
});
