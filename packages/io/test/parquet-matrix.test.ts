import { describe, expect, test } from 'vitest';
import { bytesSource, openTensors, readTensor } from '../src/index.ts';
import { encodeParquet, type MatrixOptions, type WrittenColumn } from '../src/tables/index.ts';
import { fixture, problemOf } from './helpers.ts';

const a = { name: 'a', values: Float64Array.of(0.5, 1.5, -2) };
const b = { name: 'b', values: Float32Array.of(0.25, 3, 4) };
const counted = (name: string): WrittenColumn => ({ name, values: Int32Array.of(0, 1, 2) });
const MATRIX = [0.5, 0.25, 1.5, 3, -2, 4];

async function matrixOf(
  columns: readonly WrittenColumn[],
  metadata: Record<string, string> = {},
  matrix: MatrixOptions = {},
) {
  const source = bytesSource('w.parquet', encodeParquet(columns, metadata));
  const file = await openTensors(source, { matrix });
  const { shape, data, name } = await file.read(file.entries[0].name);
  expect(file.format).toBe('parquet');
  return { name, shape, data: [...data], notes: file.notes, rowNames: file.rowNames };
}

describe('a Parquet file as a matrix', () => {
  test('of its columns of numbers', async () => {
    expect(await matrixOf([a, b])).toEqual({
      name: 'w',
      shape: [3, 2],
      data: MATRIX,
      notes: [],
      rowNames: undefined,
    });
  });

  test('without the index of pandas', async () => {
    const index = { name: '__index_level_0__', values: Int32Array.of(7, 3, 5) };
    const pandas = JSON.stringify({ index_columns: ['__index_level_0__'] });
    expect(await matrixOf([a, b, index], { pandas })).toMatchObject({
      data: MATRIX,
      notes: ['column "__index_level_0__" is an index; left out'],
    });
    for (const name of ['Unnamed: 0', 'index', 'id'])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await matrixOf([counted(name), a, b])).toMatchObject({ data: MATRIX });
  });

  test('with names of rows', async () => {
    const token = { name: 'token', values: ['cat', '', 'dog'] };
    expect(await matrixOf([token, a, b])).toMatchObject({
      data: MATRIX,
      rowNames: ['cat', '', 'dog'],
      notes: ['column "token" holds the names of the rows'],
    });
  });

  test.each<[string, WrittenColumn[], string]>([
    ['a column that counts the rows', [counted('x'), a], 'the first column, "x", counts the rows'],
    [
      'two columns of text',
      [
        { name: 's', values: ['a'] },
        { name: 't', values: ['b'] },
      ],
      'has 2 columns of text, "s", "t"',
    ],
    ['text alone', [{ name: 's', values: ['a'] }], 'holds no numbers'],
    [
      'no number',
      [{ name: 'x', values: Float64Array.of(NaN) }],
      'row 1, column "x": is missing or not finite',
    ],
  ])('%s is refused', async (_, columns, message) => {
    expect(await problemOf(encodeParquet(columns), 'w.parquet')).toContain(`w.parquet: ${message}`);
  });

  test('unless a first column is said to be an index or not', async () => {
    const columns = [counted('x'), a, b];
    expect((await matrixOf(columns, {}, { indexColumn: true })).shape).toEqual([3, 2]);
    expect((await matrixOf(columns, {}, { indexColumn: false })).shape).toEqual([3, 3]);
    const unnamed = [a, counted('Unnamed: 0'), b];
    expect(await matrixOf(unnamed)).toMatchObject({
      shape: [3, 2],
      notes: ['column "Unnamed: 0" is an index; left out'],
    });
    expect((await matrixOf(unnamed, {}, { indexColumn: false })).shape).toEqual([3, 3]);
  });

  test('with two rows, where a column that counts them may be chance', async () => {
    const two = { name: 'x', values: Int32Array.of(0, 1) };
    const other = { name: 'y', values: Float64Array.of(0.5, 1.5) };
    expect(await matrixOf([two, other])).toMatchObject({ shape: [2, 2], data: [0, 0.5, 1, 1.5] });
  });

  test('of pyarrow', async () => {
    const { shape, data } = await readTensor(fixture('split.parquet'));
    expect(shape).toEqual([40, 2]);
    expect([...data.subarray(0, 4)]).toEqual([0, 0, 0.125, 0.125]);
  });
});
