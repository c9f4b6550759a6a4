import type { ByteSource } from '../../bytes/byte-source.ts';
import { placesOf } from '../../tables/column-places.ts';
import { DELIMITERS, NO_NUMBER, NUMBER } from './number-text.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { visitLines } from './lines.ts';
import type { Table, TableColumn, TableOptions } from '../../tables/table.ts';

/** Longest quoted cell, in lines; a quote open for longer was never closed. */
const LONGEST_CELL = 100;

/** The line of names, and the delimiter of the table. */
interface Head {
  readonly line: number;
  readonly delimiter: string;
  readonly names: readonly string[];
}

/**
 * Reads a table as text, as `readTable` describes. Cells keep their spaces; line breaks in a quoted cell are read as
 * LF.
 */
export async function readCsvTable(source: ByteSource, options: TableOptions): Promise<Table> {
  // A column counts as numeric until a cell is not a number; then a second pass reads it as text.
  const texts = new Set<number>();
  const first = await pass(source, options, texts);
  return texts.size === first.texts ? first.table : (await pass(source, options, texts)).table;
}

async function pass(
  source: ByteSource,
  options: TableOptions,
  texts: Set<number>,
): Promise<{ table: Table; texts: number }> {
  const metadata: [string, string][] = [];
  const known = texts.size;
  /** Rows of several lines: without them, the line of a row is its index plus a constant. */
  const longRows: { row: number; lines: number }[] = [];
  let head: Head | undefined;
  let places: number[] = [];
  let columns: (NumberBuilder | string[])[] = [];
  let rows = 0;
  const refuse = (line: number, problem: string): never => {
    throw new FormatError(source.name, `line ${line}: ${problem}`);
  };

  await visitRecords(source, (record, line, lines) => {
    if (head === undefined) {
      const note = /^# ([^:]+): (.*)$/.exec(record);
      if (note !== null) {
        metadata.push([note[1], note[2]]);
        return;
      }
      head = readHead(source, record, line);
      places = placesOf(source.name, head.names, options.columns);
      columns = places.map((place) => (texts.has(place) ? [] : numberBuilder()));
      return;
    }
    const cells = splitCells(record, head.delimiter);
    if (cells.length !== head.names.length) {
      refuse(
        line,
        `has ${cells.length} cells, line ${head.line} names ${head.names.length} columns; give every line the same number`,
      );
    }
    places.forEach((place, i) => {
      const column = columns[i];
      if (Array.isArray(column)) column.push(cells[place]);
      else if (!texts.has(place) && !column.push(cells[place].trim())) texts.add(place);
    });
    if (lines > 1) longRows.push({ row: rows, lines });
    rows++;
  });
  if (head === undefined || rows === 0) {
    throw new FormatError(
      source.name,
      'holds no rows; write a line of names and then one row per line',
    );
  }
  const { names, line } = head;
  const place = (row: number): string => {
    const longer = longRows.reduce((sum, long) => sum + (long.row < row ? long.lines - 1 : 0), 0);
    return `line ${line + 1 + row + longer}`;
  };
  const built = places.map((at, i): TableColumn => {
    const column = columns[i];
    const name = names[at];
    return Array.isArray(column) ? { name, values: column } : { name, values: column.done() };
  });
  const table = {
    source: source.name,
    rows,
    columns: built,
    metadata: Object.fromEntries(metadata),
    place,
  };
  return { table, texts: known };
}

/**
 * Calls `visit` for each record with its first line and its number of lines. Blank lines are allowed only at the end.
 */
async function visitRecords(
  source: ByteSource,
  visit: (record: string, line: number, lines: number) => void,
): Promise<void> {
  let number = 0;
  let blank = 0;
  let open: string[] = [];
  const refuse = (line: number, problem: string): never => {
    throw new FormatError(source.name, `line ${line}: ${problem}`);
  };
  await visitLines(source, (line) => {
    number++;
    if (open.length === 0 && line.trim() === '') {
      blank ||= number;
      return;
    }
    if (blank > 0) refuse(blank, `is blank, but line ${number} is not; remove it`);
    const begins = number - open.length;
    open.push(line);
    // Two quotes within quotes are one, so a cell is complete when their number is even.
    if (line.includes('"') || open.length > 1) {
      const record = open.join('\n');
      if ((record.split('"').length - 1) % 2 === 1) {
        if (open.length === LONGEST_CELL)
          refuse(begins, 'a quote does not close; remove or double it');
        return;
      }
      line = record;
    }
    visit(line, begins, open.length);
    open = [];
  });
  if (open.length > 0) {
    refuse(number - open.length + 1, 'a quote does not close; remove or double it');
  }
}

function readHead(source: ByteSource, record: string, line: number): Head {
  const delimiter = DELIMITERS.find((mark) => record.includes(mark)) ?? ',';
  const names = splitCells(record, delimiter).map((name) => name.trim());
  const number = names.findIndex((name) => NUMBER.test(name));
  if (number >= 0) {
    throw new FormatError(
      source.name,
      `line ${line}, column ${number + 1}: ${quote(names[number])} is not a name; begin the table with a line of names`,
    );
  }
  return { line, delimiter, names };
}

/** Splits a record into cells without their quotes. */
function splitCells(record: string, delimiter: string): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < record.length; at++) {
    const mark = record[at];
    if (mark === '"') {
      if (quoted && record[at + 1] === '"') cell += record[++at];
      else quoted = !quoted;
    } else if (mark === delimiter && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += mark;
  }
  cells.push(cell);
  return cells;
}

interface NumberBuilder {
  /** Adds a cell; returns false if it is not a number. */
  push(cell: string): boolean;
  done(): Float64Array;
}

function numberBuilder(): NumberBuilder {
  let data = new Float64Array(64);
  let count = 0;
  return {
    push: (cell) => {
      const value = numberOf(cell) ?? missing(cell);
      if (value === null) return false;
      if (count === data.length) {
        const larger = new Float64Array(2 * count);
        larger.set(data);
        data = larger;
      }
      data[count++] = value;
      return true;
    },
    done: () => data.slice(0, count),
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
