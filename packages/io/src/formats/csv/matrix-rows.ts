import { FormatError, quote } from '../../bytes/format-error.ts';
import type { MatrixContent, MatrixOptions } from '../../tables/matrix-options.ts';
import { countingFrom, type Dialect } from './dialect.ts';
import {
  classifyNames,
  classifyNumbers,
  shown,
  type FirstColumn,
} from '../../tables/first-column.ts';
import { unnamedIndices } from '../../tables/unnamed-columns.ts';
import { hasNames, headerKind, isShorter, type HeaderKind } from './matrix-header.ts';
import { growing } from './growing.ts';
import { commaDoubt, COMMAS_READ, hasCommas, numeralReader, problemOf } from './number-text.ts';
import type { PlacedRecord, Refuse } from './records.ts';

/** Collects the rows of a matrix. */
export interface MatrixRows {
  readonly add: (record: PlacedRecord) => void;
  /** Returns the matrix. @throws FormatError if there are no rows, or what they are is uncertain. */
  readonly finish: () => MatrixContent;
}

/** The facts that the first two records show. */
interface Layout {
  readonly header: HeaderKind;
  /** True if the first column is not among the numbers. */
  readonly named: boolean;
  /** Cells of a row. */
  readonly width: number;
}

/** Makes a collector of the rows of a matrix; it keeps the first record until the second says what it is. */
export function matrixRows(
  source: string,
  dialectOf: () => Dialect,
  options: MatrixOptions,
  refuse: Refuse,
): MatrixRows {
  let first: PlacedRecord | undefined;
  let begun: Begun | undefined;

  const begin = (record: PlacedRecord, next: PlacedRecord): Begun => {
    const dialect = dialectOf();
    const header = headerKind(record, next, dialect, options);
    const named = hasNames(record, next, header, dialect, options);
    const shorter = header === 'names' && isShorter(record, next);
    const layout = { header, named, width: record.cells.length + (shorter ? 1 : 0) };
    const body = bodyRows(record.line, layout, dialect.delimiter, refuse);
    if (header === 'numbers') body.push(record);
    return { first: record, layout, body };
  };
  /** A single line holds numbers unless it is made of names. */
  const alone = (record: PlacedRecord): Begun | undefined => {
    if (headerKind(record, record, dialectOf(), options) === 'names') return undefined;
    const only = begin(record, record);
    if (only.layout.header === 'counting') only.body.push(record);
    return { ...only, layout: { ...only.layout, header: 'numbers' } };
  };
  return {
    add: (record) => {
      if (first === undefined) {
        first = record;
        return;
      }
      begun ??= begin(first, record);
      begun.body.push(record);
    },
    finish: () => {
      const all = begun ?? (first === undefined ? undefined : alone(first));
      if (all !== undefined) return finished(all, source, options, refuse);
      throw new FormatError(source, 'holds no numbers; write one row per line');
    },
  };
}

/** The first line, what it shows, and the rows. */
interface Begun {
  readonly first: PlacedRecord;
  readonly layout: Layout;
  readonly body: Body;
}

/** The rows behind the first line. */
interface Body {
  readonly push: (record: PlacedRecord) => void;
  /** Parses a row and passes its numbers on. */
  readonly parse: (record: PlacedRecord, push: (value: number) => void) => void;
  readonly names: string[];
  readonly numbers: () => Float64Array;
  readonly facts: {
    rows: number;
    /** True while every first cell is a whole number without a point. */
    whole: boolean;
    /** True if some numbers, all numbers, or all but the first of each row have a decimal point or an exponent. */
    somePoints: boolean;
    allPoints: boolean;
    othersHavePoints: boolean;
    /** True if the names of rows are in quotes. */
    quotedNames: boolean;
  };
  readonly numerals: ReturnType<typeof numeralReader>;
}

const HAS_POINT = /[.,eE]/;

function bodyRows(line: number, { named, width }: Layout, delimiter: string, refuse: Refuse): Body {
  const numerals = numeralReader(delimiter);
  const numbers = growing();
  const names: string[] = [];
  const facts = {
    rows: 0,
    whole: true,
    somePoints: false,
    allPoints: true,
    othersHavePoints: true,
    quotedNames: true,
  };
  const look = (cell: string, value: number, column: number): void => {
    if (facts.somePoints && !facts.othersHavePoints && !facts.allPoints) return;
    const hasPoint = !Number.isInteger(value) || HAS_POINT.test(cell);
    facts.somePoints ||= hasPoint;
    facts.allPoints &&= hasPoint;
    if (column > 0) facts.othersHavePoints &&= hasPoint;
  };
  const parse = ({ cells, line: at }: PlacedRecord, push: (value: number) => void): void => {
    if (cells.length !== width) {
      const problem = `has ${cells.length} columns, line ${line} has ${width}; give every line the same number`;
      refuse(at, problem);
    }
    for (let column = named ? 1 : 0; column < width; column++) {
      const cell = cells[column].trim();
      const value = numerals.read(cell);
      if (value === null) return refuse(at, problemOf(cell, delimiter), column + 1);
      look(cell, value, column);
      push(value);
    }
  };
  return {
    parse,
    names,
    numbers: numbers.done,
    facts,
    numerals,
    push: (record) => {
      parse(record, numbers.push);
      facts.whole &&= /^\d+$/.test(record.cells[0].trim());
      facts.quotedNames &&= record.quoted?.[0] === true;
      if (named) names.push(record.cells[0]);
      facts.rows++;
    },
  };
}

const CHOOSE = 'say which: --header 0 takes them for names, --header none for numbers';

function finished(
  { first, layout, body }: Begun,
  source: string,
  options: MatrixOptions,
  refuse: Refuse,
): MatrixContent {
  const notes: string[] = [];
  const { facts, names, numerals } = body;
  let data = body.numbers();
  let { rows } = facts;
  let columns = layout.width - (layout.named ? 1 : 0);
  let isHeader = layout.header === 'names';
  if (layout.header === 'counting') {
    const verdict = classifyCounting(first, layout, data, facts);
    if (verdict === 'doubt')
      refuse(first.line, `${cellsShown(first)} may be names of columns or numbers; ${CHOOSE}`);
    isHeader = verdict === 'names';
    if (!isHeader) {
      const row = growing();
      body.parse(first, row.push);
      data = joined(row.done(), data);
      if (layout.named) names.unshift(first.cells[0]);
      rows++;
    }
  }
  if (isHeader && first.cells.some((cell) => /^\s*\d/.test(cell)))
    notes.push(`line ${first.line}, ${cellsShown(first)}, names the columns`);
  const doubt = commaDoubt([numerals.marks]);
  if (doubt !== null) throw new FormatError(source, doubt);
  if (hasCommas(numerals.marks)) notes.push(COMMAS_READ);
  const isLong = isHeader && first.cells.length === layout.width;
  const name = isLong ? first.cells[0] : isHeader && layout.named ? '' : null;
  const kind = firstColumn({ name, rows, columns, data }, layout.named, body, options);
  if (typeof kind === 'object') throw new FormatError(source, kind.problem);
  if (kind === 'index') notes.push(`${shown({ name })} is an index; left out`);
  if (kind === 'names') notes.push(`${shown({ name })} holds the names of the rows`);
  if (kind === 'index' && !layout.named) {
    data = withoutColumns(data, columns, [0]);
    columns--;
  }
  const kept = isLong && options.indexColumn !== false ? first.cells.slice(-columns) : [];
  const unnamed = unnamedIndices(kept, rows, (row, column) => data[row * columns + column]);
  if ('problem' in unnamed) throw new FormatError(source, unnamed.problem);
  for (const at of unnamed) notes.push(`column ${quote(kept[at])} is an index; left out`);
  data = withoutColumns(data, columns, unnamed);
  columns -= unnamed.length;
  const content = { shape: [rows, columns] as const, data, notes };
  return kind === 'names' ? { ...content, rowNames: names } : content;
}

function firstColumn(
  {
    name,
    rows,
    columns,
    data,
  }: { name: string | null; rows: number; columns: number; data: Float64Array },
  named: boolean,
  { names, facts }: Body,
  options: MatrixOptions,
): ReturnType<typeof classifyNames> {
  const number = named
    ? (row: number): number => Number(names[row])
    : (row: number): number => data[row * columns];
  const column: FirstColumn = { name, length: rows, number, isWhole: facts.whole };
  if (named) {
    const kind = classifyNames(column, names);
    const isForced = options.indexColumn === true || facts.quotedNames;
    return typeof kind === 'object' && isForced ? 'names' : kind;
  }
  const mayBeIndex = options.indexColumn === undefined && columns > 1;
  return mayBeIndex ? classifyNumbers(column, facts.othersHavePoints) : 'numbers';
}

/** Classifies a first line that counts the columns: names, numbers or in doubt. */
function classifyCounting(
  first: PlacedRecord,
  { named, width }: Layout,
  data: Float64Array,
  { rows, somePoints, allPoints }: Body['facts'],
): 'names' | 'numbers' | 'doubt' {
  const cells = first.cells.slice(named ? 1 : 0).map((cell) => cell.trim());
  const columns = width - (named ? 1 : 0);
  const begin = countingFrom(cells);
  // Writers that write 1 as 1.0 would have written these numbers so, too.
  if (allPoints && columns > 1 && (columns > 2 || rows > 2)) return 'names';
  if (columns === 1) return allPoints ? 'doubt' : 'numbers';
  if (begin === 1) return somePoints ? 'doubt' : 'numbers';
  const goesOn = cells.every((_, i) => data[i] === columns + i);
  return columns > 2 && !goesOn ? 'names' : 'doubt';
}

function cellsShown({ cells }: PlacedRecord): string {
  const shownCells = cells.slice(0, 4).map((cell) => (cell.trim() === '' ? '""' : cell.trim()));
  return cells.length > 4 ? `${shownCells.join(', ')}, ..` : shownCells.join(', ');
}

function joined(first: Float64Array, rest: Float64Array): Float64Array {
  const all = new Float64Array(first.length + rest.length);
  all.set(first);
  all.set(rest, first.length);
  return all;
}

function withoutColumns(
  data: Float64Array,
  columns: number,
  left: readonly number[],
): Float64Array {
  return left.length === 0 ? data : data.filter((_, at) => !left.includes(at % columns));
}
