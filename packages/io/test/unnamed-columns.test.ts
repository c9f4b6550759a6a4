import { expect, test } from 'vitest';
import { unnamedIndices } from '../src/tables/unnamed-columns.ts';

const found = (names: readonly string[], rows: readonly (readonly number[])[]) =>
  unnamedIndices(names, rows.length, (row, column) => rows[row][column]);

test('columns without a name that count the rows from 0 or 1 are indices', () => {
  const names = ['Unnamed: 0', 'x', 'unnamed:0.1', ' Unnamed: 3 '];
  const rows = [0, 1, 2].map((row) => [row, row, row + 1, 0.5 * row]);
  expect(found(names, rows)).toEqual([0, 2]);
});

test('those that count from elsewhere may be indices, and others are numbers', () => {
  const problem = { problem: 'column "Unnamed: 0" may be an index; remove it, or give it a name' };
  const column = (...values: number[]) =>
    found(
      ['Unnamed: 0'],
      values.map((value) => [value]),
    );
  expect(column(2, 3, 4)).toEqual(problem);
  expect(column(0, 2, 1)).toEqual(problem);
  expect(column(0, 1, 1)).toEqual([]);
  expect(column(0, 1, 2.5)).toEqual([]);
  expect(column(1)).toEqual([0]);
});
