import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, readTable } from '../src/index.ts';
import { parseLabels } from '../src/labels/index.ts';
import { encodeCsv } from '../src/tables/index.ts';
import { concat } from './helpers.ts';

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

describe('texts that a spreadsheet would run', () => {
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

  test('are written as text, numbers as numbers', () => {
    const labels = ['=1+1', '+x', '-x', '@x', '\tx', '\rx', "'=1", 'NA', "'tis"];
    expect(new TextDecoder().decode(encoded(labels)).split('\n').slice(0, 10)).toEqual([
      'feature,"label",capacity',
      "0,'=1+1,1",
      "1,'+x,0.5",
      "2,'-x,0",
      "3,'@x,-0.5",
      '4,"\'\tx",-1',
      '5,"\'\rx",-1.5',
      "6,''=1,-2",
      "7,'NA,-2.5",
      "8,'tis,-3",
    ]);
    expect(new TextDecoder().decode(encoded(['a', "'tis"]))).toMatch(/^feature,label,capacity\n/);
  });

  test.each([
    ["label,x\n'=1,1\n'-x,2\n", ["'=1", "'-x"]],
    // All texts in quotes, as R writes them.
    ['"label","x"\n"\'=1",1\n"\'-x",2\n', ["'=1", "'-x"]],
  ])('apostrophes of other programs stay: %j', async (table, labels) => {
    const { columns } = await readTable(bytesSource('t', concat(table)));
    expect(columns[0].values).toEqual(labels);
    expect(parseLabels(table, 't.csv')).toEqual(labels);
  });
});
