// Tables as pandas 3.0, R 4.5, numpy 2.4 and Excel write them; the expected numbers are those that were written.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, FormatError, openTensors } from '../src/index.ts';
import type { MatrixOptions } from '../src/tables/index.ts';
import { concat, problemOf } from './helpers.ts';

async function matrixOf(text: string | Uint8Array, matrix: MatrixOptions = {}, name = 'w.csv') {
  const file = await openTensors(bytesSource(name, concat(text)), { matrix });
  const { shape, data } = await file.read(file.entries[0].name);
  const [rows, columns] = shape;
  const numbers = Array.from({ length: rows }, (_, i) =>
    Array.from(data.subarray(i * columns, (i + 1) * columns)),
  );
  return { numbers, notes: file.notes ?? [], rowNames: file.rowNames };
}

const FLOATS = [
  [0.5, 0.25, -1],
  [1.5, 2, 3e-5],
];

describe('what is no number is left out, and said', () => {
  test.each<[string, string, string]>([
    [
      'the index and the header of pandas',
      ',0,1,2\n0,0.5,0.25,-1.0\n1,1.5,2.0,3e-05\n',
      'the first column is an index; left out',
    ],
    [
      'an index that pandas read and wrote again',
      'Unnamed: 0,a,b,c\n0,0.5,0.25,-1.0\n1,1.5,2.0,3e-05\n',
      'the first column, "Unnamed: 0", is an index; left out',
    ],
    [
      'an index in the first of several named columns',
      'id,a,b,c\n1,0.5,0.25,-1.0\n2,1.5,2.0,3e-05\n',
      'the first column, "id", is an index; left out',
    ],
    [
      'an index before columns that are counted',
      'row;0;1;2\n0;0.5;0.25;-1.0\n1;1.5;2.0;3e-05\n',
      'the first column, "row", is an index; left out',
    ],
    [
      'a header of pandas without index',
      '0,1,2\n0.5,0.25,-1.0\n1.5,2.0,3e-05\n',
      'line 1, 0, 1, 2, names the columns',
    ],
    [
      'a header that counts from 1',
      '1\t2\t3\n0.5\t0.25\t-1.0\n1.5\t2.0\t3e-05\n',
      'line 1, 1, 2, 3, names the columns',
    ],
    [
      'write.csv of R',
      '"","V1","V2","V3"\n"1",0.5,0.25,-1\n"2",1.5,2,3e-05\n',
      'the first column is an index; left out',
    ],
    [
      'write.csv2 of R',
      '"";"V1";"V2";"V3"\n"1";0,5;0,25;-1\n"2";1,5;2;3e-05\n',
      'read commas in numbers as decimal commas',
    ],
    [
      'write.table of R',
      '"V1" "V2" "V3"\n"1" 0.5 0.25 -1\n"2" 1.5 2 3e-05\n',
      'cells are separated by spaces',
    ],
    [
      'numpy.savetxt',
      '# W\n5.000000000000000000e-01 2.500000000000000000e-01 -1.000000000000000000e+00\n 1.5e+00  2.0e+00  3.0e-05\n',
      'left out 1 comment line (#)',
    ],
    [
      'numeric names in quotes',
      '"0.5","7","x"\n0.5,0.25,-1\n1.5,2,3e-05\n',
      'line 1, 0.5, 7, x, names the columns',
    ],
    ['a German Excel', '0,5;0,25;-1\r\n1,5;2;0,00003\r\n', 'read commas in numbers as decimal'],
  ])('%s', async (_, text, note) => {
    const { numbers, notes } = await matrixOf(text);
    expect(numbers).toEqual(FLOATS);
    expect(notes.join('; ')).toContain(note);
  });

  test('text in UTF-16, and lines that end with CR', async () => {
    const utf16 = Buffer.from('\ufeff0.5\t0.25\t-1\r\n1.5\t2\t3e-5\r\n', 'utf16le');
    expect(await matrixOf(utf16, {}, 'unicode.tsv')).toMatchObject({
      numbers: FLOATS,
      notes: ['read as UTF-16LE'],
    });
    expect((await matrixOf('0.5,0.25,-1\r1.5,2,3e-5\r')).numbers).toEqual(FLOATS);
  });

  test.each([
    ['token,x,y\ncat,1,2\n#tag,3,4\n"a ""b"", c",5,6\n', ['cat', '#tag', 'a "b", c']],
    ['cat,1,2\ndog,3,4\n', ['cat', 'dog']],
    ['"x","y"\n"cat",1,2\n"two\nlines",3,4\n', ['cat', 'two\nlines']],
    [',0,1\n17,0.5,1.5\n3,0.25,2.5\n', ['17', '3']],
  ])('names of rows: %j', async (text, names) => {
    const { rowNames, notes } = await matrixOf(text);
    expect(rowNames).toEqual(names);
    expect(notes.at(-1)).toContain('holds the names of the rows');
  });

  test('an index that pandas wrote twice', async () => {
    const twice = ',Unnamed: 0,a,b,c\n0,0,0.5,0.25,-1.0\n1,1,1.5,2.0,3e-05\n';
    expect((await matrixOf(twice)).numbers).toEqual(FLOATS);
    expect((await matrixOf(twice)).notes.at(-1)).toBe('column "Unnamed: 0" is an index; left out');
    expect((await matrixOf(twice.replace('a,b,c', '0,1,2'))).numbers).toEqual(FLOATS);
    expect(await problemOf(concat(twice.replace('1,1,', '1,7,')), 'w.csv')).toContain(
      'w.csv: column "Unnamed: 0" may be an index; remove it, or give it a name',
    );
  });

  test('plain numbers are taken as they are, without a note', async () => {
    for (const text of [
      '1,2,3\n4,5,6\n',
      'a,b,c\n1,2,3\n4,5,6\n',
      '0.5\n1.5\n',
      '0,0\n1,0\n',
      // One row has no order that an index could give.
      'id,y\n7,5\n',
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await matrixOf(text)).notes).toEqual([]);
    }
  });
});

describe('what is in doubt', () => {
  const LINE = 'say which: --header 0 takes them for names, --header none for numbers';
  const COLUMN = '--index-column 0 leaves it out of the numbers, --index-column none keeps it';

  test.each([
    ['0,1\n1,0\n', `line 1: 0, 1 may be names of columns or numbers; ${LINE}`],
    ['0,1,2\n3,4,5\n6,7,8\n', `line 1: 0, 1, 2 may be names of columns or numbers; ${LINE}`],
    ['1,2,3\n0.5,1,0.25\n', `line 1: 1, 2, 3 may be names of columns or numbers; ${LINE}`],
    [
      '0,0.5\n1,0.25\n2,0.75\n',
      `the first column counts the rows, as an index does; say which: ${COLUMN}`,
    ],
    ['0,0.5\n1,0.25\n', `the first column counts the rows, as an index does; say which: ${COLUMN}`],
    ['x,y\n1,5\n2,7\n3,9\n', `the first column, "x", counts the rows, as an index does; `],
    ['id,y\n7,5\n2,7\n', `the first column, "id", may be an index; say which: ${COLUMN}`],
    [',y\n0.5,5\n2,7\n', `the first column holds numbers but has no name; say which: ${COLUMN}`],
    ['1.5;2,5\n', 'has numbers with a decimal point (1.5) and with a comma (2,5)'],
    ['1,234;2,500\n', 'has commas that may separate thousands or decimals (1,234)'],
    ['1,2.5\n#3,4\n', 'line 2: begins with # but holds a row of numbers'],
    ['x,y\n1.5x,2\n', 'line 2, column 1: "1.5x" is not a number'],
    ['"a"b,2\n', 'line 1: text follows a closing quote; double the quotes inside a cell'],
    ['x,y\n1,2\n3, "4"\n', 'line 3: spaces stand outside the quotes of a cell; remove them'],
    ['x,y\n1,2\n"3"  ,4\n', 'line 3: spaces stand outside the quotes of a cell; remove them'],
    ['x,y\n1,2\n3,"4" \n', 'line 3: spaces stand outside the quotes of a cell; remove them'],
    ['# kind: W\rx\n1,0.5\n2,3\n', 'line 1: a carriage return stands within the line'],
  ])('%j is refused', async (text, message) => {
    expect(await problemOf(concat(text), 'w.csv')).toContain(`w.csv: ${message}`);
  });

  test.each<[string, MatrixOptions, number[][]]>([
    [
      '0,1\n1,0\n',
      { header: false },
      [
        [0, 1],
        [1, 0],
      ],
    ],
    ['0,1\n1,0\n', { header: true }, [[1, 0]]],
    ['0,0.5\n1,0.25\n2,0.75\n', { indexColumn: true }, [[0.5], [0.25], [0.75]]],
    [
      '0,0.5\n1,0.25\n2,0.75\n',
      { indexColumn: false },
      [
        [0, 0.5],
        [1, 0.25],
        [2, 0.75],
      ],
    ],
    ['5,1\n7,2\n', { indexColumn: true, header: true }, [[2]]],
    // Too few rows of whole numbers to count anything.
    [
      '0,5\n1,7\n',
      {},
      [
        [0, 5],
        [1, 7],
      ],
    ],
    // Names that count the columns, because the rows do not go on from there, though one number does.
    [
      '0,1,2\n3,9,9\n4,4,4\n',
      {},
      [
        [3, 9, 9],
        [4, 4, 4],
      ],
    ],
  ])('%j is read with %j', async (text, options, numbers) => {
    expect((await matrixOf(text, options)).numbers).toEqual(numbers);
  });
});

describe('any numbers come back, or the file is refused', () => {
  const cell = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.integer({ min: -3, max: 12 }),
  );
  const matrix = fc
    .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 5 }) })
    .chain(({ rows, columns }) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
  /** A float as Python prints it: always with a point or an exponent. */
  const python = (value: number): string =>
    /[.e]/.test(String(value)) ? String(value) : `${value}.0`;
  const lines = (rows: readonly (readonly string[])[], mark = ','): string =>
    rows.map((row) => `${row.join(mark)}\n`).join('');
  const counted = (row: readonly unknown[]): string[] => row.map((_, i) => String(i));

  const SURE: Record<string, (m: number[][], mark: string) => string> = {
    'pandas with its index': (m, mark) =>
      lines([['', ...counted(m[0])], ...m.map((row, i) => [String(i), ...row.map(python)])], mark),
    'pandas with an index of texts': (m, mark) =>
      lines(
        [
          ['token', ...m[0].map((_, i) => `d${i}`)],
          ...m.map((row, i) => [`t${i}`, ...row.map(python)]),
        ],
        mark,
      ),
    'write.csv of R': (m, mark) =>
      lines(
        [
          ['""', ...m[0].map((_, i) => `"V${i + 1}"`)],
          ...m.map((row, i) => [`"${i + 1}"`, ...row.map(String)]),
        ],
        mark,
      ),
    'write.table of R': (m) =>
      lines(
        [
          m[0].map((_, i) => `"V${i + 1}"`),
          ...m.map((row, i) => [`"${i + 1}"`, ...row.map(String)]),
        ],
        ' ',
      ),
    'numpy.savetxt': (m, mark) =>
      lines(
        m.map((row) => row.map((value) => value.toExponential(18))),
        mark === ',' ? ' ' : mark,
      ),
  };
  test.each(Object.entries(SURE))('%s: always read', async (_, write) => {
    await fc.assert(
      fc.asyncProperty(matrix, fc.constantFrom(',', ';', '\t'), async (m, mark) => {
        const { numbers } = await matrixOf(write(m, mark));
        expect(numbers).toEqual(m.map((row) => row.map((value) => value + 0)));
      }),
      { numRuns: 200 },
    );
  });

  const DOUBTFUL: Record<string, (m: number[][]) => string> = {
    'pandas without index': (m) => lines([counted(m[0]), ...m.map((row) => row.map(python))]),
    'pandas without header': (m) => lines(m.map((row, i) => [String(i), ...row.map(python)])),
    'integers of pandas without index': (m) =>
      lines([
        counted(m[0]),
        ...m.map((row) => row.map((value) => String(Math.round(value) % 100))),
      ]),
    'numbers as JavaScript prints them': (m) => lines(m.map((row) => row.map(String))),
  };
  const EXPECTED: Partial<Record<string, (m: number[][]) => number[][]>> = {
    'integers of pandas without index': (m) =>
      m.map((row) => row.map((value) => (Math.round(value) % 100) + 0)),
  };
  test.each(Object.entries(DOUBTFUL))('%s: read right, or refused', async (name, write) => {
    await fc.assert(
      fc.asyncProperty(matrix, async (m) => {
        const expected = (EXPECTED[name] ?? ((same: number[][]) => same))(m);
        try {
          const { numbers } = await matrixOf(write(m));
          // A single line, or two of one number each, may be anything.
          if (m.length > 2 && m[0].length > 1)
            expect(numbers).toEqual(expected.map((row) => row.map((value) => value + 0)));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
