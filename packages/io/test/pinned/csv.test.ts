import { bytesSource, openTensors, readTable } from '@polysem/io';
import { parseLabels } from '@polysem/io/labels';
import { generator, integerBelow, type Generator } from '@polysem/numerics/random';
import { pinned, times } from '../../../core/test/pinned/pinned.ts';

// Results of reading random tables of text, and the messages of those that are refused. Other tests show that these are right; here
// they are pinned, so that no change goes unnoticed.

const GROUPS = 12;
const PER_GROUP = 60;

for (const group of times(GROUPS, (i) => i)) {
  pinned(`random tables of text, group ${group}`, () =>
    Promise.all(
      times(PER_GROUP, async (i) => {
        const text = tableText(generator(1000 * group + i));
        return Promise.all([
          ...OPTIONS.map((matrix) => asMatrix(text, matrix)),
          asTable(text),
          outcomeOf(async () => parseLabels(text, 'labels.csv')),
        ]);
      }),
    ),
  );
}

const OPTIONS = [
  {},
  { header: true },
  { header: false, indexColumn: true },
  { indexColumn: false },
];

function asMatrix(text: string, matrix: object): Promise<unknown> {
  return outcomeOf(async () => {
    const { entries, notes, rowNames, read } = await openTensors(source(text), { matrix });
    const { shape, data } = await read(entries[0].name);
    return { shape, data, notes, rowNames };
  });
}

function asTable(text: string): Promise<unknown> {
  return outcomeOf(async () => {
    const { place, ...table } = await readTable(source(text));
    return { ...table, places: times(table.rows, place) };
  });
}

function source(text: string): ReturnType<typeof bytesSource> {
  return bytesSource('m.csv', new TextEncoder().encode(text));
}

async function outcomeOf(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return String(error);
  }
}

/** A table: lines of names and numbers as programs write them, and now and then one that none should write. */
function tableText(g: Generator): string {
  const delimiter = chosen(g, [',', ',', ';', '\t', ' ', '  ']);
  const columns = 1 + integerBelow(g, 5);
  const rows = chosen(g, [0, 1, 2, 2, 3, 3, 4, 5, 30]);
  const number = chosen(g, delimiter === ';' || delimiter === '\t' ? NUMBERS : WITHOUT_COMMAS);
  const lead = chosen(g, LEADS);
  const cells = (row: number) => [...lead(row, g), ...times(columns, (at) => number(g, row, at))];
  const head = chosen(g, HEADERS)(columns, lead(0, g).length);
  const lines = [...(head.length === 0 ? [] : [head]), ...times(rows, cells)];
  if (lines.length > 0 && integerBelow(g, 4) === 0) {
    const line = chosen(g, lines);
    line[integerBelow(g, line.length)] = chosen(g, ODD_CELLS);
  }
  const text = lines.map((line) => line.join(delimiter));
  if (text.length > 0 && integerBelow(g, 8) === 0)
    text[0] = `${chosen(g, ['# ', '#', ' ', '"'])}${text[0]}`;
  if (integerBelow(g, 8) === 0) text.splice(integerBelow(g, text.length + 1), 0, chosen(g, OTHER));
  if (integerBelow(g, 8) === 0) text.splice(0, 0, chosen(g, OTHER), chosen(g, OTHER));
  const end = chosen(g, ['\n', '\n', '\n', '\n', '\r\n', '\r', '\r\r\n']);
  const mark = integerBelow(g, 12) === 0 ? '\u{FEFF}' : '';
  return `${mark}${text.join(end)}${chosen(g, [end, end, '', `${end}${end}`])}`;
}

const OTHER = [
  '# made: by a test',
  '#',
  '# 0,1,2',
  '#1,2,3',
  '#a;b',
  '',
  ' ',
  '# x: 1: 2',
  'a',
  '0,1',
];
const ODD_CELLS =
  ',  ,nan,-inf,NA,x,",""",a b,1e999,-0,0x10,1 2,.5,5.,+7,1e-3,#3,=1,"a""b","1", "2","3" ,"4"z,"x'
    .split(',')
    .concat('"x,y"', '"a\nb"', 'a\rb', '1,5', '1,234', '1,234,567', '0,001');

const NUMBERS: readonly ((g: Generator, row: number, column: number) => string)[] = [
  (g) => String(integerBelow(g, 100)),
  (g) => (integerBelow(g, 100) / 8).toFixed(3),
  (g) => String((integerBelow(g, 100) - 50) / 8),
  (g) => ((integerBelow(g, 1000) - 500) / 8).toFixed(2).replace('.', ','),
  (g) => `"${integerBelow(g, 100) / 8}"`,
  (g) => (integerBelow(g, 1000) / 7).toExponential(2),
  (_, row, column) => String(3 * row + column),
  (_, row) => String(row),
  (g) => `${1 + integerBelow(g, 9)},${100 + integerBelow(g, 900)}`,
  (_, row, column) => `t${row}${column}`,
];

const WITHOUT_COMMAS = NUMBERS.filter((_, i) => i !== 3 && i !== 8);

/** Cells before the numbers of a row. */
const LEADS: readonly ((row: number, g: Generator) => readonly string[])[] = [
  () => [],
  () => [],
  () => [],
  (row) => [String(row)],
  (row) => [String(row + 1)],
  (row) => [`"${row}"`],
  (row) => [`name ${row}`],
  (row) => [String(7 * row + 3)],
  (row) => [(row / 2).toFixed(1)],
  (row) => [String(row), String(row)],
  () => [''],
  (_, g) => [String(integerBelow(g, 3))],
];

/** Cells of the first line. */
const HEADERS: readonly ((columns: number, leads: number) => string[])[] = [
  () => [],
  () => [],
  (columns, leads) => times(columns + leads, (i) => `c${i}`),
  (columns, leads) => times(columns + leads, (i) => `"c ${i}"`),
  (columns) => times(columns, (i) => `r${i}`),
  (columns, leads) => [...times(leads, () => ''), ...times(columns, (i) => String(i))],
  (columns, leads) => [
    ...times(leads, (i) => `Unnamed: ${i}`),
    ...times(columns, (i) => String(i + 1)),
  ],
  (columns, leads) => [...times(leads, () => 'index'), ...times(columns, (i) => `"${i + 5}"`)],
  (columns) => times(columns, (i) => String(i)),
  (columns, leads) => [
    'token',
    ...times(columns + leads - 1, (i) => (i === 1 ? 'Unnamed: 0' : String(i))),
  ],
  (columns, leads) => [...times(leads, () => 'label'), ...times(columns, () => 'same')],
];

function chosen<T>(g: Generator, items: readonly T[]): T {
  return items[integerBelow(g, items.length)];
}
