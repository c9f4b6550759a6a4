import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesSource, readTable } from '../src/index.ts';
import { finiteColumn } from '../src/tables/index.ts';
import { concat } from './helpers.ts';

const read = (text: string, columns?: string[]) =>
  readTable(bytesSource('t.csv', concat(text)), columns === undefined ? {} : { columns });

const NOTE = 'read commas in numbers as decimal commas';

/** A number as a German spreadsheet writes it. */
const german = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -9999, max: 9999 }).map((n) => n / 100),
  )
  .map((value) => String(value).replace('.', ','));

const cells = fc.oneof(
  { weight: 8, arbitrary: german },
  fc.constantFrom('', 'nan', '1,234', ' 0,5 ', '+,5', '"2,25"'),
);

describe('a table with decimal commas', () => {
  it('gives the numbers whose commas are replaced by points', async () => {
    const table = fc.record({
      delimiter: fc.constantFrom(';', '\t'),
      rows: fc.array(fc.tuple(cells, cells, fc.constantFrom('cat', '1,5 m', 'a,b')), {
        minLength: 1,
        maxLength: 12,
      }),
    });
    await fc.assert(
      fc.asyncProperty(table, async ({ delimiter, rows }) => {
        // One cell that only a decimal comma explains.
        const all = [['0,125', '7', 'dog'], ...rows];
        const lines = (body: readonly (readonly string[])[]) =>
          [['x', 'y', 'word'], ...body].map((line) => line.join(delimiter)).join('\n');
        const found = await read(lines(all));
        const numbers = (column: number) =>
          all.map((cell) => {
            const text = cell[column].replaceAll('"', '').trim().replace(',', '.');
            return text === '' ? NaN : Number(text);
          });
        expect(found.columns.map(({ values }) => [...values])).toEqual([
          numbers(0),
          numbers(1),
          all.map(([, , word]) => word),
        ]);
        expect(found.notes).toEqual([NOTE]);
      }),
    );
  });

  it.each([
    [
      'points in the same column',
      'x;y\n0,5;1\n1.5;2\n',
      'a decimal point (1.5) and with a comma (0,5)',
    ],
    [
      'points in another column',
      'x;y\n0,5;1.5\n2;3\n',
      'a decimal point (1.5) and with a comma (0,5)',
    ],
    [
      'only groups of three digits',
      'x;y\n1,234;1\n-12,345;2\n',
      'separate thousands or decimals (1,234)',
    ],
  ])('is refused with %s, whichever columns are read', async (_, text, says) => {
    for (const columns of [undefined, ['x']]) {
      // oxlint-disable-next-line no-await-in-loop -- two small texts
      const table = await read(text, columns);
      expect(() => finiteColumn(table, 'x')).toThrow(`t.csv: has `);
      expect(() => finiteColumn(table, 'x')).toThrow(says);
      expect(table.notes).toBeUndefined();
    }
  });

  it('reads groups of three digits beside a number that shows the comma', async () => {
    const table = await read('x;y\n1,234;0,5\n2,345;1\n', ['x']);
    expect(finiteColumn(table, 'x')).toEqual(Float64Array.of(1.234, 2.345));
  });

  it('keeps texts with commas, which are no reason to doubt the numbers', async () => {
    const { columns, notes } = await read('word;x\n1,5;0.5\n1,7 m;1.5\n');
    expect(columns.map(({ values }) => [...values])).toEqual([
      ['1,5', '1,7 m'],
      [0.5, 1.5],
    ]);
    expect(notes).toBeUndefined();
  });

  it('needs separators that are not commas, and names', async () => {
    const quoted = await read('x,y\n"1,5",2\n');
    expect(() => finiteColumn(quoted, 'x')).toThrow(
      'line 2, column "x": "1,5" has a decimal comma',
    );
    await expect(read('1,5;x\n2,5;3\n')).rejects.toThrow('line 1, column 1: "1,5" is not a name');
  });

  it('does not take a number beyond the largest double for infinity', async () => {
    const { columns } = await read('x;y\n1,5e999;0,5\n');
    expect(columns[0].values).toEqual(['1,5e999']);
  });
});
