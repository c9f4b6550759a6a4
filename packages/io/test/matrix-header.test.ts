import { expect, test } from 'vitest';
import { hasNames, headerKind, isShorter } from '../src/formats/csv/matrix-header.ts';
import { splitSample } from '../src/formats/csv/records.ts';

const DIALECT = { delimiter: ',', columns: 2 };
const record = (line: string) => splitSample([line], ',')[0];

test.each([
  // Names: none begins like a number or marks a missing one.
  ['a,b', '1,2', 'names'],
  ['a,', '1,2', 'names'],
  ['a,b', '1,2,3', 'names'],
  ['a,3', '1,2', 'numbers'],
  ['a,nan', '1,2', 'numbers'],
  [',', '1,2', 'numbers'],
  // Numbers that count the columns, beside a cell that is no number.
  ['a,0', '1,2', 'names'],
  ['a,0', 'x,2', 'counting'],
  [',0,1', 'x,1,2', 'names'],
  ['a,1,2', '5,1,2', 'names'],
  ['a,1,3', '5,1,2', 'numbers'],
  ['nan,0', 'x,2', 'numbers'],
  ['Unnamed: 0,Unnamed: 0.1,0,1', '5,6,1,2', 'names'],
  // Numbers that count the columns from the first on.
  ['0,1', '0.5,2', 'counting'],
  ['1,2', '0.5,2', 'counting'],
  ['0,2', '0.5,2', 'numbers'],
  ['0,1', '0.5,2,3', 'numbers'],
  // Numbers in quotes, if only they are. The name of a row may be in quotes as well.
  ['"3","5"', '0.5,0.25', 'names'],
  ['"3","5"', '"7",0.25', 'names'],
  ['"3","5"', '0.5,"0.25"', 'numbers'],
  ['"3","5"', '0.5,"x"', 'names'],
  ['"3",5', '0.5,0.25', 'numbers'],
  ['"3"', '7', 'names'],
  ['"3"', '"7"', 'numbers'],
])('a first line %j before %j is taken for %s', (first, second, kind) => {
  expect(headerKind(record(first), record(second), DIALECT, {})).toBe(kind);
});

test('the kind of a first line may be given', () => {
  const kind = (header: boolean) => headerKind(record('a,b'), record('1,2'), DIALECT, { header });
  expect([kind(true), kind(false)]).toEqual(['names', 'numbers']);
});

test.each([
  ['a,b', 'x,1,2', true],
  ['a,b', '0,1,2', true],
  ['a,b', '1,1,2', true],
  ['a,b', '7,1,2', false],
  ['a,b', '"7",1,2', true],
  ['a,b', ',1,2', false],
  ['a,b', 'x,1', false],
  ['a,b', 'x,1,2,3', false],
  ['1,2', 'x,1,2', false],
  ['"1","2"', 'x,1,2', true],
  ['"1",2', 'x,1,2', false],
  [',', 'x,1,2', false],
])('names of columns %j before %j lack that of the first column: %j', (first, second, expected) => {
  expect(isShorter(record(first), record(second))).toBe(expected);
});

test.each([
  ['a,b', 'x,1', 'names', true],
  ['a,b', '5,1', 'names', false],
  ['a,b', 'x,y', 'names', false],
  [',b', '5,1', 'names', true],
  [',5', 'x,1', 'numbers', false],
  ['y,5', 'x,1', 'numbers', true],
  ['y,5', '3,1', 'numbers', false],
  ['3,5', 'x,1', 'numbers', false],
  ['3,0', 'x,1', 'counting', true],
  ['b', 'x', 'names', false],
  ['a', 'x,1', 'names', true],
] as const)(
  'the first column of %j before %j, %s, holds names: %j',
  (first, second, kind, expected) => {
    const has = (options: object) =>
      hasNames(record(first), record(second), kind, DIALECT, options);
    expect(has({})).toBe(expected);
    expect([has({ indexColumn: true }), has({ indexColumn: false })]).toEqual([true, false]);
  },
);
