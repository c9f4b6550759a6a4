import { describe, expect, test } from 'vitest';
import { bytesSource, readTable } from '../src/index.ts';
import { readThriftStruct, structsIn, textIn } from '../src/formats/parquet/thrift.ts';
import { readColumns, readFooter } from '../src/formats/parquet/table.ts';
import { parquetGroups, parquetPieces, type GroupColumn } from '../src/tables/index.ts';
import { concat } from './helpers.ts';

const COLUMNS: readonly GroupColumn[] = [
  { name: 'loss', type: 'number' },
  { name: 'seed', type: 'integer' },
  { name: 'model', type: 'text' },
];

test.each([
  [0, 0],
  [1, 1],
  [65_536, 1],
  [65_537, 2],
])('%d rows are written in %d groups of at most 65 536 rows', async (rows, groups) => {
  const pieces = [...parquetPieces([{ name: 'x', values: new Float32Array(rows) }])];
  expect(pieces).toHaveLength(groups + 1);
  const footer = await readFooter(bytesSource('t.parquet', concat(...pieces)));
  expect(footer.groups.map((group) => group.rows)).toEqual(
    [Math.min(rows, 65_536), rows - 65_536].slice(0, groups),
  );
});

describe('a Parquet file written in groups of rows', () => {
  test('holds the numbers, whole numbers, texts and missing values of all groups', async () => {
    const groups = [
      [
        [0.1, null, -1e300],
        [2 ** 53 - 1, -7, null],
        ['a', '', null],
      ],
      [[null], [0], ['é, "b"\n']],
    ];
    const pieces = [...parquetGroups(COLUMNS, groups, { seed: '7' })];
    // One piece per group, and the footer.
    expect(pieces).toHaveLength(3);
    const source = bytesSource('t.parquet', concat(...pieces));
    const { columns, rows } = await readTable(source);
    expect(rows).toBe(4);
    expect(columns).toEqual([
      { name: 'loss', values: Float64Array.of(0.1, NaN, -1e300, NaN) },
      { name: 'seed', values: Float64Array.of(2 ** 53 - 1, -7, NaN, 0) },
      { name: 'model', values: ['a', '', '', 'é, "b"\n'] },
    ]);
    expect((await readFooter(source)).notes).toContainEqual(['seed', '7']);
  });

  test('names the parts of a list as the format says', () => {
    const [, footer] = [...parquetGroups([{ name: 'x', type: 'numbers' }], [[[[0.5], null]]])];
    const length = new DataView(footer.buffer, footer.byteOffset).getUint32(
      footer.length - 8,
      true,
    );
    const file = readThriftStruct(footer.subarray(footer.length - 8 - length), 0);
    // LogicalTypes.md of Parquet, "Lists"; repetitions are required (0), optional (1) and repeated (2).
    const fields = structsIn(file, 2).map((element) => [
      textIn(element, 4),
      ...[1, 3, 5, 6].map((field) => element.fields.get(field)),
    ]);
    expect(fields.slice(1)).toEqual([
      ['x', undefined, 1, 1, 3],
      ['list', undefined, 2, 1, undefined],
      ['element', 5, 0, undefined, undefined],
    ]);
  });

  test('takes its groups one after the other', () => {
    const taken: number[] = [];
    const groups = (function* () {
      for (let group = 0; group < 3; group++) {
        taken.push(group);
        yield [[group]];
      }
    })();
    const pieces = parquetGroups([{ name: 'x', type: 'number' }], groups);
    pieces.next();
    expect(taken).toEqual([0]);
    pieces.next();
    expect(taken).toEqual([0, 1]);
  });

  test.each<[string, GroupColumn[], string]>([
    ['no column', [], 'parquetGroups: '],
    ['two columns of one name', [COLUMNS[0], COLUMNS[0]], '"loss"'],
    ['a column without a name', [{ name: '', type: 'text' }], 'parquetGroups: '],
  ])('is refused for %s', (_, columns, message) => {
    expect(() => [...parquetGroups(columns, [])]).toThrow(message);
  });
});

test('all columns together may have 100,000 cells, and 50 more per byte', async () => {
  const column = { type: 'DOUBLE', optional: false, kind: { name: 'number' } } as const;
  const columns = ['x', 'y'].map((name) => ({ ...column, name }));
  const read = (rows: number) =>
    readColumns(
      bytesSource('x', new Uint8Array(1000)),
      { columns, groups: [{ rows, chunks: new Map() }], notes: [] },
      {},
    );
  await expect(read(75_000)).rejects.toThrow('column "x": is missing in a group of rows');
  await expect(read(75_001)).rejects.toThrow('x: claims 75001 rows of 2 columns in 1000 bytes');
});
