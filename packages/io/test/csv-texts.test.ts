import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visitLines } from '../src/formats/csv/text-lines.ts';
import { recordSplitter } from '../src/formats/csv/record-splitter.ts';
import { bytesSource, openTensors, readTable, type ByteSource } from '../src/index.ts';
import { parseLabels } from '../src/labels/index.ts';
import { csvDoubts, encodeCsv } from '../src/tables/index.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        "'",
        '=',
        '+',
        '-',
        '@',
        '\t',
        '\r',
        '\n',
        '"',
        '#',
        ',',
        ' ',
        'a',
        '1',
        'NA',
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('=SUM(A1)', "'=SUM(A1)", 'NA', "'NA", 'null', '#N/A', "'tis", '007', '-5', ''),
);
const texts = fc.array(text, { minLength: 1, maxLength: 12 });
const encoded = (labels: readonly string[]): Uint8Array =>
  encodeCsv([
    { name: 'feature', values: Int32Array.from(labels.keys()) },
    { name: 'label', values: labels },
    { name: 'capacity', values: Float64Array.from(labels, (_, i) => 1 - i / 2) },
  ]);

describe('texts in CSV', () => {
  test('are read back unchanged, as a table and as labels', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (labels) => {
        // A text of letters keeps a column of what may all be numbers a column of texts.
        const all = ['x', ...labels];
        const bytes = encoded(all);
        const { columns } = await readTable(bytesSource('t', bytes));
        expect(columns[1].values).toEqual(all);
        expect(columns[2].values).toEqual(Float64Array.from(all, (_, i) => 1 - i / 2));
        expect(parseLabels(new TextDecoder().decode(bytes), 't.csv')).toEqual(all);
        const alone = encodeCsv([{ name: 'label', values: all }]);
        expect((await readTable(bytesSource('t', alone))).columns[0].values).toEqual(all);
      }),
      { numRuns: 1000 },
    );
  });

  test('are written as they are, in quotes where necessary', () => {
    const labels = ['=1+1', "'x", '\tx', '\rx', '', '#x', 'a "b", c', 'two\nlines', 'NA'];
    expect(new TextDecoder().decode(encoded(labels))).toBe(
      'feature,label,capacity\n0,=1+1,1\n1,\'x,0.5\n2,"\tx",0\n3,"\rx",-0.5\n4,"",-1\n5,"#x",-1.5\n' +
        '6,"a ""b"", c",-2\n7,"two\nlines",-2.5\n8,NA,-3\n',
    );
  });

  test('that programs take for something else are counted, with an example', () => {
    const capacity = { name: 'capacity', values: Float64Array.of(-1, NaN) };
    expect(csvDoubts([{ name: 'label', values: ['the', "'=1", 'nan?', 'N A'] }, capacity])).toEqual(
      [],
    );
    expect(csvDoubts([capacity, { name: 'label', values: ['=1+1', '-x', 'NA'] }])).toEqual([
      'label: 2 texts, such as "=1+1", are a formula for a spreadsheet; import the column as text',
      'label: "NA" is missing for pandas; read with keep_default_na=False, or write .parquet',
    ]);
  });
});

test('the separator of a matrix is the one between the most numbers', async () => {
  const bytes = new TextEncoder().encode('a,b 1 2\nc,d 3 4\n');
  const file = await openTensors(bytesSource('x.csv', bytes));
  expect(file.rowNames).toEqual(['a,b', 'c,d']);
  expect(await file.read('x')).toMatchObject({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
});

test('a line has at most 2^26 characters', async () => {
  const letters = (size: number): ByteSource => ({
    name: 'x',
    size,
    read: async (_, length) => new Uint8Array(length).fill(0x61),
  });
  const lengths: number[] = [];
  const visit = (line: string) => void lengths.push(line.length);
  await visitLines(letters(2 ** 26), visit);
  await expect(visitLines(letters(2 ** 26 + 1), visit)).rejects.toThrow(
    'x: has a line of more than 67108864 characters; write one row per line',
  );
  expect(lengths).toEqual([2 ** 26]);
});

test('a record says which of its own cells are in quotes', () => {
  const splitter = recordSplitter(',');
  expect(splitter.feed('"a",b')?.quoted).toEqual([true, false]);
  expect(splitter.feed('c,"d"')?.quoted).toEqual([false, true]);
});

test('names of rows in quotes may be numbers that repeat', async () => {
  const open = (row: string) =>
    openTensors(bytesSource('w.csv', new TextEncoder().encode(`"",a\n"5",0.5\n${row},1.5\n`)));
  expect((await open('"5"')).rowNames).toEqual(['5', '5']);
  await expect(open('5')).rejects.toThrow('the first column holds numbers but has no name');
});
