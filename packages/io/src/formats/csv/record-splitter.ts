/** The cells of one record. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Which cells were in quotes; undefined if none was. */
  readonly quoted?: readonly boolean[] | undefined;
}

/** Splits lines into records. A cell in quotes may hold delimiters, doubled quotes and line breaks (RFC 4180). */
export interface RecordSplitter {
  /**
   * Takes the next line, without its LF.
   *
   * @returns the record that ends with it; null if a quote is still open.
   * @throws RangeError if text follows a closing quote, spaces stand before or behind a cell in quotes (readers differ: the
   * quotes or the spaces may belong to the cell), or a line has a CR between its cells or in a cell without quotes.
   */
  readonly feed: (line: string) => CsvRecord | null;
  /** True between the lines of one record. */
  readonly isOpen: () => boolean;
}

/** A cell in quotes begins with a quote; any other quote is a character like others. */
const QUOTE = '"';

const SPACES_OUTSIDE = 'spaces stand outside the quotes of a cell; remove them or put them inside';

/**
 * Makes a splitter. Every character is looked at a fixed number of times, whatever the number of quotes and cells.
 *
 * @param delimiter the separator of cells; a space stands for any run of spaces and tabs.
 */
export function recordSplitter(delimiter: string): RecordSplitter {
  let cells: string[] = [];
  let quoted: boolean[] = [];
  /** Lines of a quoted cell that has not ended yet. */
  let open: string[] | null = null;
  const nextCell = delimiter === ' ' ? afterSpaces : afterDelimiter(delimiter);

  const add = (cell: string, isQuoted: boolean): void => {
    cells.push(cell);
    quoted.push(isQuoted);
  };
  /** Reads a quoted cell from behind its quote, or its next line; returns the offset behind it, or -1 if it is open. */
  const readQuoted = (line: string, from: number): number => {
    let close = line.indexOf(QUOTE, from);
    while (close >= 0 && line[close + 1] === QUOTE) close = line.indexOf(QUOTE, close + 2);
    open ??= [];
    open.push(line.slice(from, close < 0 ? line.length : close).replaceAll('""', QUOTE));
    if (close < 0) return -1;
    add(open.join('\n'), true);
    open = null;
    const next = nextCell.afterQuote(line, close + 1);
    if (next >= 0) return next;
    throw new RangeError(
      line[close + 1] === ' '
        ? SPACES_OUTSIDE
        : 'text follows a closing quote; double the quotes inside a cell',
    );
  };

  return {
    isOpen: () => open !== null,
    feed: (line) => {
      if (open === null && !line.includes(QUOTE)) {
        const row = withoutCr(line);
        checkCr(row);
        return { cells: nextCell.split(row) };
      }
      let at = open === null ? nextCell.start(line) : readQuoted(line, 0);
      const end = withoutCr(line).length;
      while (at >= 0 && at <= end) {
        const begin = nextCell.skip(line, at);
        if (line[begin] === QUOTE) {
          if (begin > at) throw new RangeError(SPACES_OUTSIDE);
          at = readQuoted(line, begin + 1);
          continue;
        }
        const stop = nextCell.find(line, at, end);
        const cell = line.slice(at, stop);
        checkCr(cell);
        add(cell, false);
        at = nextCell.next(line, stop, end);
      }
      if (at < 0) return null;
      const record = { cells, quoted };
      cells = [];
      quoted = [];
      return record;
    },
  };
}

/** Rules by which one kind of delimiter separates cells. Offsets beyond the end of a line say that no cell follows. */
interface CellBounds {
  readonly split: (line: string) => string[];
  readonly start: (line: string) => number;
  /** Skips spaces before a possible quote. */
  readonly skip: (line: string, at: number) => number;
  /** Finds the end of an unquoted cell. */
  readonly find: (line: string, at: number, end: number) => number;
  /** Returns the beginning of the next cell, from the end of this one. */
  readonly next: (line: string, stop: number, end: number) => number;
  /** Returns the beginning of the next cell, from behind a closing quote; -1 if other text follows. */
  readonly afterQuote: (line: string, at: number) => number;
}

function pastBlanks(line: string, at: number): number {
  let begin = at;
  while (line[begin] === ' ') begin++;
  return begin;
}

function afterDelimiter(delimiter: string): CellBounds {
  return {
    split: (line) => line.split(delimiter),
    start: () => 0,
    skip: pastBlanks,
    find: (line, at, end) => {
      const stop = line.indexOf(delimiter, at);
      return stop < 0 ? end : stop;
    },
    next: (_, stop) => stop + 1,
    afterQuote: (line, at) => {
      if (at >= withoutCr(line).length) return line.length + 1;
      return line[at] === delimiter ? at + 1 : -1;
    },
  };
}

const isSpace = (mark: string | undefined): boolean =>
  mark === ' ' || mark === '\t' || mark === '\r';

function pastSpaces(line: string, at: number): number {
  let begin = at;
  while (isSpace(line[begin])) begin++;
  return begin < line.length ? begin : line.length + 1;
}

const afterSpaces: CellBounds = {
  split: (line) => line.trim().split(/[ \t]+/),
  start: (line) => pastSpaces(line, 0),
  skip: (_, at) => at,
  find: (line, at, end) => {
    let stop = at;
    while (stop < end && !isSpace(line[stop])) stop++;
    return stop;
  },
  next: (line, stop) => pastSpaces(line, stop),
  afterQuote: (line, at) => (at >= line.length || isSpace(line[at]) ? pastSpaces(line, at) : -1),
};

/** Removes the CR before the LF, or several, as a text that was converted twice has them. */
function withoutCr(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end--;
  return end === line.length ? line : line.slice(0, end);
}

/** Reason to refuse a CR where other programs would begin a new row. */
export const INNER_CR = 'a carriage return stands within the line; end all lines in the same way';

/** True if a line has a CR before its end. */
export function hasInnerCr(line: string): boolean {
  return withoutCr(line).includes('\r');
}

function checkCr(text: string): void {
  if (text.includes('\r')) throw new RangeError(INNER_CR);
}
