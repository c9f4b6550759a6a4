import { describe, expect, it, test } from 'vitest';
import { classifyNames, classifyNumbers, shown } from '../src/tables/first-column.ts';

const CHOOSE =
  'say which: --index-column 0 leaves it out of the numbers, --index-column none keeps it';

const column = (name: string | null, numbers: readonly number[], isWhole = true) => ({
  name,
  length: numbers.length,
  number: (row: number) => numbers[row] ?? NaN,
  isWhole,
});

describe('a first column of numbers', () => {
  const COUNTS = { problem: `the first column, "x", counts the rows, as an index does; ${CHOOSE}` };
  const DOUBT = { problem: `the first column, "id", may be an index; ${CHOOSE}` };

  test.each<[string | null, number[], boolean, ReturnType<typeof classifyNumbers>]>([
    // Numbers with a decimal point are no index, whatever their name.
    ['id', [0, 1, 2], false, 'numbers'],
    // A name of an index, and numbers that count.
    ['id', [0, 1, 2], true, 'index'],
    ['Unnamed: 0.1', [1], true, 'index'],
    [' Level_0 ', [1, 2], true, 'index'],
    ['', [0], true, 'index'],
    // Another name: at least three rows.
    ['x', [0], true, 'numbers'],
    ['x', [1, 2], true, 'numbers'],
    ['x', [1, 2, 3], true, COUNTS],
    ['x', [0, 1, 2], true, COUNTS],
    ['x', [2, 3, 4], true, 'numbers'],
    ['x', [-1, 0, 1], true, 'numbers'],
    ['x', [0, 1, 3], true, 'numbers'],
    ['x', [0, 1, NaN], true, 'numbers'],
    // A name of an index, and distinct numbers that do not count.
    ['id', [7, 2], true, DOUBT],
    ['id', [0, 2], true, DOUBT],
    ['id', [7, 7], true, 'numbers'],
    ['id', [7], true, 'numbers'],
    ['id', [0, 1, 1], true, 'numbers'],
    ['ids', [7, 2], true, 'numbers'],
    [null, [7, 2], true, 'numbers'],
  ])('%j with %j, whole: %j', (name, numbers, isWhole, kind) => {
    expect(classifyNumbers(column(name, numbers, isWhole), false)).toEqual(kind);
  });

  it('counts two rows where the other columns have points', () => {
    expect(classifyNumbers(column('x', [0, 1]), true)).toEqual(COUNTS);
    expect(classifyNumbers(column('x', [0]), true)).toBe('numbers');
    expect(classifyNumbers(column('x', [0, 2]), true)).toBe('numbers');
    expect(classifyNumbers(column(null, [1, 2]), true)).toEqual({
      problem: `the first column counts the rows, as an index does; ${CHOOSE}`,
    });
  });
});

test.each<[number[], boolean, string[], ReturnType<typeof classifyNames>]>([
  [[0, 1], true, ['0', '1'], 'index'],
  [[5, 3], true, ['5', '3'], 'names'],
  [
    [0, 1],
    false,
    ['0.0', ' 1.0 '],
    { problem: `the first column holds numbers but has no name; ${CHOOSE}` },
  ],
  [
    [3, 3],
    true,
    ['3', '3'],
    { problem: `the first column holds numbers but has no name; ${CHOOSE}` },
  ],
  [[3, NaN], false, ['3', 'cat'], 'names'],
])('a first column without a name that holds %j, whole: %j', (numbers, isWhole, texts, kind) => {
  expect(classifyNames(column('', numbers, isWhole), texts)).toEqual(kind);
});

test('a first column is described by its name', () => {
  expect([null, '', ' ', 'a"b'].map((name) => shown({ name }))).toEqual([
    'the first column',
    'the first column',
    'the first column',
    'the first column, "a\\"b",',
  ]);
});
