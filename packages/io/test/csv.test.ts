import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, encodeNpy, FormatError, openTensors, readTensor } from '../src/index.ts';
import { concat, expectOneLine, largestAllocation, problemOf } from './helpers.ts';

async function table(text: string | Uint8Array, name = 'folder/W.csv') {
  const { shape, data, ...rest } = await readTensor(bytesSource(name, concat(text)));
  return { ...rest, shape, data: [...data] };
}

describe('a table of numbers', () => {
  const plain = { name: 'W', dtype: 'F64', shape: [2, 3], data: [1, 2, 3, 4, 5, 6] };

  test.each([
    ['commas', '1,2,3\n4,5,6\n'],
    ['semicolons', '1;2;3\n4;5;6\n'],
    ['tabs', '1\t2\t3\n4\t5\t6\n'],
    ['no end of line', '1,2,3\n4,5,6'],
    ['CR LF', '1,2,3\r\n4,5,6\r\n'],
    ['blank lines at the end', '1,2,3\n4,5,6\n\n  \r\n\n'],
    ['a header', 'a,b,c\n1,2,3\n4,5,6'],
    ['a quoted header', '"a, really","say ""b""",\n1,2,3\n4,5,6'],
    ['quoted numbers', '"1","2", 3\n4,"5","6"\n'],
    ['spaces', ' 1 , 2,3 \n4,5 ,6'],
    ['a byte order mark', '\ufeff1,2,3\n4,5,6'],
    ['signs and exponents', '+1,2.,.3e1\n40E-1,0.5e+01,6'],
    ['semicolons beside commas in names', '"x, y";b;c\n1;2;3\n4;5;6'],
  ])('with %s', async (_, text) => {
    expect(await table(text)).toEqual(plain);
  });

  test.each([',', ';', '\t', ' '])('finds %j behind any number of comments', async (delimiter) => {
    const rows = ['1,2,3', '4,5,6'].map((row) => row.replaceAll(',', delimiter)).join('\n');
    for (const comments of [23, 24, 25, 4000]) {
      // oxlint-disable-next-line no-await-in-loop -- small files
      const found = await table(
        `${'# made by hand, of numbers; with\tcare\n'.repeat(comments)}${rows}\n`,
      );
      expect(found).toMatchObject({ shape: [2, 3], data: [1, 2, 3, 4, 5, 6] });
    }
  });

  test('of one column, of one number, with zeros of both signs', async () => {
    expect(await table('7\n8')).toMatchObject({ shape: [2, 1], data: [7, 8] });
    expect(await table('x\n1')).toMatchObject({ shape: [1, 1], data: [1] });
    expect(await table('0,-0\n')).toMatchObject({ data: [0, -0] });
  });

  test('is listed, and opens as tsv', async () => {
    const file = await openTensors(bytesSource('a/b.TSV', concat('1\t2\n')));
    expect(file.format).toBe('csv');
    expect(file.entries).toEqual([
      { name: 'b', dtype: 'F64', shape: [1, 2], readable: true, byteOffset: 0, byteLength: 4 },
    ]);
    await expect(file.read('W')).rejects.toThrow('no tensor "W"; the file holds "b"');
  });

  test('any numbers come back as they were, over pieces of the file', async () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(numbers, fc.constantFrom(',', ';', '\t'), async (row, mark) => {
        const { data } = await table(row.map(String).join(mark));
        expect(data).toEqual(row.map((value) => value + 0));
      }),
    );
    const line = `${Array.from({ length: 100 }, (_, i) => i / 8).join(',')}\r\n`;
    const long = await table(`é,${'ü,'.repeat(98)}z\n${line.repeat(6000)}`);
    expect(long.shape).toEqual([6000, 100]);
    expect(long.data.every((value, at) => value === (at % 100) / 8)).toBe(true);
  });

  test('other formats are told by their content, whatever the name', async () => {
    const npy = encodeNpy({ shape: [2], data: Float64Array.of(1, 2) });
    expect((await openTensors(bytesSource('x.csv', npy))).format).toBe('npy');
  });
});

describe('what is refused', () => {
  test.each([
    [
      'a word',
      '1,2\n3,abc\n',
      'line 2, column 2: "abc" is not a number; only the first line may hold names',
    ],
    ['a word beside a number at the top', 'a,2\n3,4', 'line 1, column 1: "a" is not a number'],
    ['a damaged number at the top', '1.5x,2y\n3,4', 'line 1, column 1: "1.5x" is not a number'],
    ['a second header', 'a,b\nc,d\n1,2', 'line 2, column 1: "c" is not a number'],
    ['an empty cell', '1,2\n3,\n', 'line 2, column 2: is empty; write a number'],
    ['empty names alone', ',\n1,2', 'line 1, column 1: is empty'],
    ['NaN', '1,NaN\n', 'line 1, column 2: "NaN" is not a finite number; leave the row out'],
    ['NaN at the top', 'nan,nan\n1,2\n', 'line 1, column 1: "nan" is not a finite number'],
    ['missing at the top', 'NA,N/A\n1,2\n', 'line 1, column 1: "NA" is not a finite number'],
    ['infinity', '-inf,1\n', '"-inf" is not a finite number'],
    ['overflow', '1,1e999\n', 'line 1, column 2: "1e999" is too large for a double'],
    ['hexadecimals', '1,0x10\n', '"0x10" is not a number'],
    ['spaces beside commas', '1 2,3\n4 5,6\n', '"1 2" contains several numbers; separate them'],
    ['a short line', '1,2,3\n4,5\n', 'line 2: has 2 columns, line 1 has 3; give every line'],
    ['a long line', 'a,b\n4,5,6\n', 'line 2: has 3 columns, line 1 has 2'],
    ['a blank line inside', '1,2\n\n3,4\n', 'line 2: is blank, but line 3 is not; remove it'],
    ['a blank line at the top', '\n1,2\n', 'line 1: is blank'],
    ['an open quote', '1,"2\n3,4\n', 'line 1: a quote does not close'],
    ['names only', 'a,b\n', 'holds no numbers'],
    ['blank lines only', '\n\n', 'holds no numbers'],
    ['nothing', '', 'is empty'],
    ['a thousands mark', '1;2\n1 000;3\n', '"1 000" is not a number'],
    [
      'terminal escapes',
      '1,2\n\u001b[31m,\u202e\n',
      'line 2, column 1: "\\u001b[31m" is not a number',
    ],
    ['a NUL', '1,2\n3\0,4\n', 'line 2, column 1'],
  ])('%s', async (_, text, message) => {
    expect(await problemOf(concat(text), 'x.csv')).toContain(`x.csv: ${message}`.slice(0, 5));
    expect(await problemOf(concat(text), 'x.csv')).toContain(message);
  });

  test('bytes that are not text', async () => {
    const utf16 = Uint8Array.of(0xff, 0xfe, 0x31, 0, 0x2c, 0, 0x31);
    expect(await problemOf(utf16, 'x.csv')).toContain(
      'is not UTF-16LE text; save the table as CSV',
    );
    expect(await problemOf(Uint8Array.of(0x31, 0xc3), 'x.csv')).toContain('is not UTF-8 text');
  });

  test('any bytes: read as finite numbers, or refused in one line, without large arrays', async () => {
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.constantFrom('1', '-2.5', ',', ';', '\t', '"', '\r', '\n', 'e', 'nan', ' ', 'a'))
        .map((parts) => concat(parts.join(''))),
    );
    await fc.assert(
      fc.asyncProperty(text, async (bytes) => {
        const largest = await largestAllocation(async () => {
          try {
            const { shape, data } = await readTensor(bytesSource('x.csv', bytes));
            expect(data.every(Number.isFinite)).toBe(true);
            expect(data).toHaveLength(shape[0] * shape[1]);
          } catch (error) {
            if (!(error instanceof FormatError)) throw error;
            expectOneLine(error.message);
          }
        });
        expect(largest).toBeLessThan(3e6);
      }),
      { numRuns: 1000 },
    );
  });
});
