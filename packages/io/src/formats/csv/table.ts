import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { placesOf } from '../../tables/column-places.ts';
import type { Table, TableColumn, TableOptions } from '../../tables/table.ts';
import { growing } from './growing.ts';
import {
  commaDoubt,
  commaNumber,
  COMMAS_READ,
  DELIMITERS,
  hasCommas,
  isNumeral,
  NO_NUMBER,
  noMarks,
  takesCommas,
  type DecimalMarks,
} from './number-text.ts';
import { refuser, splitSample, visitRecords, type PlacedRecord } from './records.ts';

/** A line `# key: value` before the names of the columns. */
const NOTE = /^# ([^:]+): (.*?)\r?$/;

/**
 * Reads a table as text, as `readTable` describes. Cells keep their spaces and, in quotes, their line breaks.
 */
export async function readCsvTable(source: ByteSource, options: TableOptions): Promise<Table> {
  // A column counts as numeric until a cell is not a number; then a second pass reads it as text.
  const first = await pass(source, options, new Set());
  const { texts, wanted } = first;
  const { doubt, columns } = decimalCommas(first.marks, texts);
  if (doubt !== null) for (const at of columns) texts.add(at);
  const hasTexts = wanted.some((at) => texts.has(at));
  const table = hasTexts ? (await pass(source, options, texts)).table : first.table;
  if (columns.length === 0) return table;
  return doubt === null ? { ...table, notes: [COMMAS_READ] } : { ...table, commaDoubt: doubt };
}

/** Decides on decimal commas in the columns of numbers: why they are in doubt, and which columns have them. */
function decimalCommas(
  marks: ReadonlyMap<number, DecimalMarks>,
  texts: ReadonlySet<number>,
): { doubt: string | null; columns: readonly number[] } {
  const numbers = [...marks].filter(([at]) => !texts.has(at));
  return {
    doubt: commaDoubt(numbers.map(([, own]) => own)),
    columns: numbers.flatMap(([at, own]) => (hasCommas(own) ? [at] : [])),
  };
}

/** A table as one pass reads it. */
interface Pass {
  readonly table: Table;
  /** Places of the columns in it. */
  readonly wanted: readonly number[];
  /** Columns that hold text. */
  readonly texts: Set<number>;
  /** Decimal points and commas in each column, where cells are separated so that numbers may have commas. */
  readonly marks: ReadonlyMap<number, DecimalMarks>;
}

/** Reads the columns in `known` as texts, and all others as numbers until a cell is not a number. */
async function pass(
  source: ByteSource,
  options: TableOptions,
  known: ReadonlySet<number>,
): Promise<Pass> {
  const metadata: [string, string][] = [];
  let head: PlacedRecord | undefined;
  let rows: Rows | undefined;
  let top: Top = { delimiter: ',', headLine: 1 };
  await visitRecords(
    source,
    (sample) => {
      top = findTop(sample);
      return top.delimiter;
    },
    (record) => {
      if (head === undefined) {
        head = record;
        checkNames(source, record, top.delimiter);
        return;
      }
      rows ??= tableRows(source, { names: namesOf(head, record), head, ...top }, options, known);
      rows.add(record);
    },
    (line, number) => {
      if (number >= top.headLine) return false;
      const note = NOTE.exec(line);
      if (note !== null) metadata.push([note[1], note[2]]);
      return true;
    },
  );
  if (rows === undefined) {
    const problem = 'holds no rows; write a line of names and then one row per line';
    throw new FormatError(source.name, problem);
  }
  const { table, wanted, texts, marks } = rows;
  return { table: table(Object.fromEntries(metadata)), wanted, texts, marks };
}

interface Top {
  readonly delimiter: string;
  /** Number of the line with the names. */
  readonly headLine: number;
}

/**
 * Finds the line of names: the first that is not a comment. A line that begins with `#` names columns if it has as many
 * cells as the next line, or has no colon and only one cell.
 */
function findTop(sample: readonly string[]): Top {
  let head = 0;
  while (head < sample.length - 1 && sample[head].startsWith('#')) {
    const delimiter = delimiterIn(sample[head + 1]);
    const [count, next] = [sample[head], sample[head + 1]].map(
      (line) => splitSample([line], delimiter)[0]?.cells.length ?? 0,
    );
    if (count === next && !NOTE.test(sample[head])) break;
    head++;
  }
  return { delimiter: delimiterIn(sample[head] ?? ''), headLine: head + 1 };
}

function delimiterIn(line: string): string {
  return DELIMITERS.find((mark) => line.includes(mark)) ?? ',';
}

function checkNames(source: ByteSource, { cells, line }: PlacedRecord, delimiter: string): void {
  const number = cells.findIndex((name) => isNumeral(name.trim(), delimiter));
  if (number < 0) return;
  throw new FormatError(
    source.name,
    `line ${line}, column ${number + 1}: ${quote(cells[number].trim())} is not a name; begin the table with a line of names`,
  );
}

/** Names of the columns; the first of a row that has one cell more is the name of the row, as in R. */
function namesOf({ cells }: PlacedRecord, first: PlacedRecord): string[] {
  const names = cells.map((name) => name.trim());
  return names.length > 1 && first.cells.length === names.length + 1 ? ['', ...names] : names;
}

interface Rows extends Pick<Pass, 'wanted' | 'texts' | 'marks'> {
  readonly add: (record: PlacedRecord) => void;
  readonly table: (metadata: Table['metadata']) => Table;
}

/** The line of names. */
interface Heading {
  readonly names: readonly string[];
  readonly head: PlacedRecord;
  readonly delimiter: string;
}

/** Collects the rows of the wanted columns. Decimal commas are looked for in all columns. */
function tableRows(
  source: ByteSource,
  { names, head, delimiter }: Heading,
  options: TableOptions,
  known: ReadonlySet<number>,
): Rows {
  const refuse = refuser(source);
  const wanted = placesOf(source.name, names, options.columns);
  const texts = new Set(known);
  const marks = new Map<number, DecimalMarks>();
  if (takesCommas(delimiter)) names.forEach((_, at) => marks.set(at, noMarks()));
  const columns = wanted.map((at) =>
    known.has(at) ? textBuilder() : numberBuilder(marks.get(at)),
  );
  const builders = wanted.map((at, i) => ({ at, column: columns[i] }));
  for (const [at, own] of marks)
    if (!wanted.includes(at) && !known.has(at)) builders.push({ at, column: numberLook(own) });
  const lines = rowLines(head);
  let rows = 0;
  return {
    wanted,
    texts,
    marks,
    add: (record) => {
      const { cells, line } = record;
      if (cells.length !== names.length) {
        refuse(
          line,
          `has ${cells.length} cells, line ${head.line} names ${names.length} columns; give every line the same number`,
        );
      }
      for (const { at, column } of builders) if (!column.push(cells[at])) texts.add(at);
      lines.add(rows++, record);
    },
    table: (metadata) => {
      const built = wanted.map((at, i): TableColumn => {
        const values = columns[i].done();
        const name = names[at];
        return values instanceof Float64Array ? { name, values } : { name, values };
      });
      return { source: source.name, rows, columns: built, metadata, place: lines.place };
    },
  };
}

/** Keeps where rows are: rows of several lines are listed, since without them a row's line is its index plus a constant. */
function rowLines(head: PlacedRecord): {
  readonly add: (row: number, record: PlacedRecord) => void;
  readonly place: (row: number) => string;
} {
  /** Rows behind one of several lines, and their lines beyond that constant. */
  const after: { readonly row: number; readonly extra: number }[] = [];
  let extra = 0;
  return {
    add: (row, { lines }) => {
      if (lines === 1) return;
      extra += lines - 1;
      after.push({ row: row + 1, extra });
    },
    place: (row) => {
      let [low, high] = [0, after.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (after[middle].row <= row) low = middle + 1;
        else high = middle;
      }
      return `line ${head.line + head.lines + row + (after[low - 1]?.extra ?? 0)}`;
    },
  };
}

interface Builder {
  /** Adds a cell; returns false if it is not a number. */
  push(cell: string): boolean;
  done(): Float64Array | string[];
}

function textBuilder(): Builder {
  const texts: string[] = [];
  return {
    push: (cell) => {
      texts.push(cell);
      return true;
    },
    done: () => texts,
  };
}

/** Builds a column of numbers, with decimal commas where there are marks to note them in. */
function numberBuilder(marks: DecimalMarks | undefined): Builder {
  const numbers = growing();
  return { push: numberPush(marks, numbers.push), done: numbers.done };
}

/** Looks at the numbers of a column that is not wanted. */
function numberLook(marks: DecimalMarks): Builder {
  return { push: numberPush(marks, () => {}), done: () => [] };
}

function numberPush(
  marks: DecimalMarks | undefined,
  keep: (value: number) => void,
): Builder['push'] {
  let isText = false;
  return (cell) => {
    if (isText) return true;
    const text = cell.trim();
    let value = numberOf(text);
    if (value === null) value = (marks && commaNumber(text, marks)) ?? missing(text);
    else if (marks?.point === '' && text.includes('.')) marks.point = text;
    if (value === null) isText = true;
    else keep(value);
    return value !== null;
  };
}

/**
 * Parses what `NUMBER` accepts, but faster: Number() additionally accepts only hexadecimal and similar literals, and
 * spaces.
 */
function numberOf(cell: string): number | null {
  const value = Number(cell);
  return Number.isFinite(value) && cell !== '' && !/^0[box]/i.test(cell) ? value : null;
}

/** Interprets a mark for a missing number as NaN or an infinity; returns null for other text. */
function missing(cell: string): number | null {
  if (cell === '') return NaN;
  if (!NO_NUMBER.test(cell)) return null;
  if (!/inf/i.test(cell)) return NaN;
  return cell.startsWith('-') ? -Infinity : Infinity;
}
