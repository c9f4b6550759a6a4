// The Parquet fixtures were written by test/fixtures/parquet.py with pyarrow 26.0.1; the expected values are literals here.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, FormatError, readTable, type Table } from '../src/index.ts';
import {
  csvPieces,
  encodeCsv,
  encodeParquet,
  finiteColumn,
  parquetPieces,
  type WrittenColumn,
} from '../src/tables/index.ts';
import { readPages } from '../src/formats/parquet/pages.ts';
import { concat, expectOneLine, fixture, fixtureBytes, largestAllocation } from './helpers.ts';

const N = 40;
const each = (value: (i: number) => number) => Float64Array.from({ length: N }, (_, i) => value(i));
const texts = (value: (i: number) => string) => Array.from({ length: N }, (_, i) => value(i));
const FLAT: Record<string, Float64Array | string[]> = {
  token: texts((i) => `token ${i % 7}`),
  frequency: each((i) => i / 8),
  single: each((i) => i / 8),
  half: each((i) => i / 8),
  int8: each((i) => i - 20),
  uint32: each((i) => i),
  int64: each((i) => 2 ** 53 - 1 - i),
  bool: each((i) => (i % 3 === 0 ? 1 : 0)),
  'some missing': each((i) => (i % 5 === 0 ? NaN : i / 2)),
  'no text': texts((i) => (i % 4 === 0 ? '' : 'é'.repeat(i % 3))),
  constant: each(() => 1.5),
};
const values = ({ columns }: Table) =>
  Object.fromEntries(columns.map((column) => [column.name, column.values]));
const csv = (text: string) => bytesSource('t.csv', concat(text));

describe.each(['snappy', 'plain-v2', 'snappy-v2'])('%s.parquet of pyarrow', (name) => {
  const source = fixture(`${name}.parquet`);

  test('numbers and texts', async () => {
    const table = await readTable(source, { columns: Object.keys(FLAT) });
    expect(values(table)).toEqual(FLAT);
    expect(table.rows).toBe(N);
    expect(table.metadata).toEqual({ 'made by': 'pyarrow 26.0.1' });
  });

  test('of columns that are not asked for, nothing is read', async () => {
    const reads: number[] = [];
    const watched = {
      ...source,
      read: (offset: number, length: number) => {
        reads.push(length);
        return source.read(offset, length);
      },
    };
    const { columns } = await readTable(watched, { columns: ['uint32', 'token'] });
    expect(columns.map((column) => column.name)).toEqual(['uint32', 'token']);
    // The magic, the footer's length, the footer, and three groups of rows of each column.
    expect(reads).toHaveLength(9);
  });

  test.each([
    ['beyond', `column "beyond": has an integer near ${2 ** 53}, beyond 2^53; `],
    ['date', 'column "date": holds neither numbers nor text; convert it'],
    ['list', 'column "list": holds neither numbers nor text; convert it'],
    ['point', 'column "point": holds neither numbers nor text; convert it'],
    ['none', 'no column "none"; it has "token", "frequency", "single", "half", "int8" and 10 more'],
  ])('%s is refused', async (column, says) => {
    const reading = readTable(source, { columns: [column] });
    await expect(reading).rejects.toThrow(`${name}.parquet: ${says}`);
    await expect(reading).rejects.toThrow(FormatError);
  });

  test('a number that is missing is named where all are needed', async () => {
    const table = await readTable(source, { columns: ['some missing', 'frequency'] });
    expect(finiteColumn(table, 'frequency')).toEqual(FLAT.frequency);
    expect(() => finiteColumn(table, 'some missing')).toThrow(
      `${name}.parquet: row 1, column "some missing": is missing or not finite; remove the row or write a number`,
    );
  });
});

test('floats split by bytes', async () => {
  const table = await readTable(fixture('split.parquet'));
  expect(values(table)).toEqual({ frequency: FLAT.frequency, single: FLAT.single });
});

test('delta.parquet is refused with the fix', async () => {
  await expect(readTable(fixture('delta.parquet'))).rejects.toThrow(
    'delta.parquet: column "int64": uses an encoding that is not read; write it with plain or dictionary',
  );
});

describe('what is written is read again', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '',
      ' the',
      'a"b',
      ',',
      '\n',
      '\r\n',
      '#',
      '12',
      '"',
      '=1',
      "'=1",
      '-x',
      '\rx',
      'NA',
    ),
  );
  const table = fc.nat({ max: 30 }).chain((rows) => {
    const size = { minLength: rows + 1, maxLength: rows + 1 };
    return fc.record({
      double: fc.float64Array({ ...size }),
      float: fc.float32Array({ ...size }),
      int: fc.int32Array(size),
      text: fc.array(text, size),
    });
  });
  const columnsOf = (columns: Record<string, WrittenColumn['values']>) =>
    Object.entries(columns).map(([name, column]) => ({ name, values: column }));

  test('Parquet', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (columns) => {
        const bytes = encodeParquet(columnsOf(columns), { seed: '1', config: '{"a": [1, 2]}' });
        const found = await readTable(bytesSource('t', bytes));
        expect(values(found)).toEqual({
          double: columns.double,
          float: Float64Array.from(columns.float),
          int: Float64Array.from(columns.int),
          text: columns.text,
        });
        expect(found.metadata).toEqual({ seed: '1', config: '{"a": [1, 2]}' });
      }),
    );
  });

  test('CSV', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (columns) => {
        // A first text of letters, else a column of what may all be numbers is one of numbers.
        const written = { ...columns, text: ['x', ...columns.text.slice(1)] };
        const bytes = encodeCsv(columnsOf(written));
        const found = await readTable(bytesSource('t', bytes));
        const numbers = values(found);
        expect(numbers.double).toEqual(columns.double);
        expect(new Float32Array(numbers.float as Float64Array)).toEqual(columns.float);
        expect(numbers.int).toEqual(Float64Array.from(columns.int));
        expect(numbers.text).toEqual(written.text);
        expect(found.metadata).toEqual({});
      }),
    );
  });

  test('in pieces of groups of rows', async () => {
    const rows = 150_000;
    const number = Float64Array.from({ length: rows }, (_, i) => i / 7);
    const columns = [
      { name: 'number', values: number },
      { name: 'text', values: Array.from(number, (value) => `t${value % 3}`) },
    ];
    const pieces = [...parquetPieces(columns)];
    expect(pieces).toHaveLength(4);
    const found = await readTable(bytesSource('t', concat(...pieces)));
    expect(found.columns[0].values).toEqual(number);
    expect(found.columns[1].values).toEqual(columns[1].values);
    expect([...csvPieces(columns)].every((piece) => piece.length < 1e6)).toBe(true);
  });

  test.each<[string, WrittenColumn[], string]>([
    ['no column', [], 'columns is empty'],
    ['no name', [{ name: '', values: [] }], 'the name "" is empty or used twice'],
    [
      'two of a name',
      [
        { name: 'a', values: [] },
        { name: 'a', values: [] },
      ],
      'the name "a" is empty or used twice',
    ],
    [
      'two lengths',
      [
        { name: 'a', values: ['1'] },
        { name: 'b', values: new Float64Array(2) },
      ],
      'column "b" has 2 values, the first has 1',
    ],
  ])('%s', (_, columns, message) => {
    expect(() => encodeParquet(columns)).toThrow(message);
    expect(() => encodeParquet(columns)).toThrow(/^encodeParquet: /);
    expect(() => encodeCsv(columns)).toThrow(RangeError);
  });
});

describe('tables as text', () => {
  test('numbers, marks for those that are missing, and texts', async () => {
    const table = await readTable(
      csv('name;x;y\n"the; cat"; 1.5;2\n007;nan;-inf\n"two\nlines";;1e3\n"a ""b"""; -4 ;0\n\n'),
    );
    expect(values(table)).toEqual({
      name: ['the; cat', '007', 'two\nlines', 'a "b"'],
      x: Float64Array.of(1.5, NaN, NaN, -4),
      y: Float64Array.of(2, -Infinity, 1000, 0),
    });
    expect(table.place(1)).toBe('line 3');
    expect(table.place(3)).toBe('line 6');
  });

  test('what looked like numbers at first is given as it was written', async () => {
    const { columns } = await readTable(csv('token,n\n1.0,1\n007,2\nx,3\n'));
    expect(columns[0].values).toEqual(['1.0', '007', 'x']);
    expect(columns[1].values).toEqual(Float64Array.of(1, 2, 3));
  });

  test.each([
    ['', 'holds no rows; write a line of names and then one row per line'],
    ['a,b\n', 'holds no rows; write a line of names and then one row per line'],
    ['1,2\n3,4\n', 'line 1, column 1: "1" is not a name; begin the table with a line of names'],
    [
      'a,b\n1,2\n3\n',
      'line 3: has 1 cells, line 1 names 2 columns; give every line the same number',
    ],
    ['a,b\n1,2\n\n3,4\n', 'line 3: is blank, but line 4 is not; remove it'],
    ['a,b\n1,"2\n3,4\n', 'line 2: a quote does not close; remove or double it'],
    [`a\n"1\n${'2\n'.repeat(200)}`, 'line 2: a quote does not close; remove or double it'],
    ['name,x\nthe,1\n "a b",2\n', 'line 3: spaces stand outside the quotes of a cell; remove them'],
    [
      'name,x\nthe,1\n"a b"  ,2\n',
      'line 3: spaces stand outside the quotes of a cell; remove them',
    ],
    ['# kind: x\ry\na,b\n1,2\n', 'line 1: a carriage return stands within the line'],
    ['a,a\n1,2\n', 'two columns are called "a"; rename one of them'],
  ])('%j', async (text, message) => {
    await expect(readTable(csv(text))).rejects.toThrow(`t.csv: ${message}`);
  });

  test.each([
    ['x', 'line 4, column "a": "x" is not a number'],
    ['1;5', 'line 4, column "a": "1;5" is not a number'],
    ['"1,5"', 'line 4, column "a": "1,5" has a decimal comma; write 1.5'],
    ['', 'line 4, column "a": is missing or not finite'],
    ['0x10', 'line 4, column "a": "0x10" is not a number'],
  ])('a column of numbers with %j', async (cell, message) => {
    const table = await readTable(csv(`# seed: 1\na,b\n1,1\n${cell},2\n3,3\n`), { columns: ['a'] });
    expect(() => finiteColumn(table, 'a')).toThrow(`t.csv: ${message}`);
    expect(table.metadata).toEqual({ seed: '1' });
  });
});

test.each([23, 24, 30])('a table has its names behind %i lines of metadata', async (count) => {
  const notes = Array.from({ length: count }, (_, i) => `# key ${i}: ${i}\n`).join('');
  const table = await readTable(csv(`${notes}a;b\nx;2\n`));
  expect(table.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(Object.keys(table.metadata)).toHaveLength(count);
});

describe('hostile tables', () => {
  const readsOrRefuses = async (bytes: Uint8Array) => {
    const largest = await largestAllocation(async () => {
      await readTable(bytesSource('x', bytes)).catch((error: unknown) => {
        if (!(error instanceof FormatError)) throw error;
        expectOneLine(error.message);
      });
    });
    expect(largest).toBeLessThan(10e6);
  };

  const own = encodeParquet([
    { name: 'a', values: each((i) => i) },
    { name: 'b', values: texts((i) => `t${i % 3}`) },
  ]);

  test.each([
    ['split.parquet', fixtureBytes('split.parquet')],
    ['a file of our own', own],
  ])('%s cut at every byte, and with a bit of every byte flipped', async (_, whole) => {
    for (let at = 0; at < whole.length; at++) {
      // oxlint-disable-next-line no-await-in-loop -- allocations are watched one file at a time
      await readsOrRefuses(whole.subarray(0, at));
      const flipped = new Uint8Array(whole);
      flipped[at] ^= 1 << (at % 8);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await readsOrRefuses(flipped);
    }
  });

  /* Pages by hand: a header of compact Thrift, each field's head being the step in its number and its type. */
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
  const i32 = (value: number) => [0x15, ...varint(2 * value)];
  const page = (count: number, encoding: number, content: number[], claimed = content.length) => {
    const inner = [...i32(count), ...i32(encoding), ...i32(3), ...i32(3), 0];
    const head = [0x15, 0, ...i32(claimed), ...i32(content.length), 0x2c, ...inner, 0];
    return Uint8Array.from([...head, ...content, 0]);
  };
  const column = {
    name: 'x',
    type: 'INT32',
    optional: false,
    kind: { name: 'integer', bits: 32, signed: true },
  } as const;
  const claims = { rows: 8, inflate: null, mostInDictionary: 100, column };

  test.each<[string, Uint8Array, boolean, string]>([
    ['more values than rows', page(2 ** 28, 0, [0]), false, 'a page has more rows than its column'],
    [
      'a run of half a billion indices',
      page(8, 8, [2, ...varint(2 ** 30), 1]),
      false,
      'a page has indices but no dictionary',
    ],
    [
      'a run of half a billion levels',
      page(8, 0, [6, 0, 0, 0, ...varint(2 ** 30), 1]),
      true,
      'a run has more values than its page',
    ],
    ['deltas', page(8, 5, [0]), false, 'uses an encoding that is not read'],
    [
      'a list of a billion',
      Uint8Array.from([0x19, 0xf5, ...varint(1e9), 0, 0]),
      false,
      'a list is longer than the file',
    ],
    ['structs in structs', new Uint8Array(500).fill(0x1c), false, 'structs are nested too deep'],
    [
      'a size below zero',
      Uint8Array.from([0x15, 0, 0x15, 1, 0x15, 1, 0]),
      false,
      'a page header has an impossible size',
    ],
  ])('%s', (_, bytes, optional, message) => {
    expect(() => readPages(bytes, { ...claims, column: { ...column, optional } })).toThrow(message);
  });

  test('a sound page passes', () => {
    const bytes = page(
      8,
      0,
      [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [i, 0, 0, 0]),
    );
    expect(readPages(bytes, claims)).toEqual([
      { values: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7), present: null, rows: 8 },
    ]);
  });

  test('a million rows in no bytes', async () => {
    const rows = 1e6;
    const bytes = encodeParquet([{ name: 'a', values: Array.from({ length: rows }, () => 'x') }]);
    await expect(readTable(bytesSource('x', bytes))).rejects.toThrow(
      `x: claims 1000000 rows of 1 columns in ${bytes.length} bytes; the file is damaged or a bomb`,
    );
  });

  test('files of pyarrow with any bytes changed', async () => {
    const files = ['snappy', 'plain-v2', 'snappy-v2'].map((name) =>
      fixtureBytes(`${name}.parquet`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(files.length - 1),
        fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
        async (file, mutations) => {
          const bytes = new Uint8Array(files[file]);
          for (const { at, byte } of mutations) bytes[at % bytes.length] = byte;
          await readsOrRefuses(bytes);
        },
      ),
      { numRuns: 300 },
    );
  });
});
