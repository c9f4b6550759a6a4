import { isComment } from './comment.ts';
import { isNumeral, NO_NUMBER } from './number-text.ts';
import type { CsvRecord } from './record-splitter.ts';
import { splitSample } from './records.ts';

/** Delimiters of a matrix, the first preferred where several fit. */
const CANDIDATES = ['\t', ';', ',', ' '] as const;

/** The separator of the cells of a matrix, and the number of cells in a row. */
export interface Dialect {
  readonly delimiter: string;
  /** Cells of a row. */
  readonly columns: number;
}

/**
 * Finds the dialect of a matrix from its first lines: the delimiter that separates the most numbers, in rows of one
 * length.
 */
export function findDialect(lines: readonly string[]): Dialect {
  // Comments do not show the separator, and a sample of comments alone has no rows.
  const rows = lines.filter((line) => line.trim() !== '' && !isComment(line));
  let best: Dialect = { delimiter: ',', columns: 0 };
  let most = -1;
  for (const delimiter of CANDIDATES) {
    const records = splitSample(rows, delimiter);
    const columns = records.at(-1)?.cells.length ?? 0;
    const even = records.filter(({ cells }, i) => i === 0 || cells.length === columns);
    const count = columns < 2 ? 0 : even.reduce((sum, row) => sum + numerals(row, delimiter), 0);
    if (count <= most) continue;
    best = { delimiter, columns };
    most = count;
  }
  return most > 0 ? best : fallback(rows);
}

function numerals({ cells }: CsvRecord, delimiter: string): number {
  return cells.filter((cell) => isNumberOrMark(cell.trim(), delimiter)).length;
}

function isNumberOrMark(cell: string, delimiter: string): boolean {
  return isNumeral(cell, delimiter) || NO_NUMBER.test(cell);
}

/** If no line has numbers in several columns, the first separator on the last line decides. */
function fallback(rows: readonly string[]): Dialect {
  const last = rows.at(-1) ?? '';
  const delimiter = CANDIDATES.find((mark) => mark !== ' ' && last.includes(mark)) ?? ',';
  return { delimiter, columns: splitSample([last], delimiter)[0]?.cells.length ?? 0 };
}

/**
 * True if a line that begins with `#` has the cells of a row: as many, and numbers in all but the first. Names of columns
 * after the mark, such as `# 0,1,2`, are not a row.
 */
export function isRowLike(cells: readonly string[], { delimiter, columns }: Dialect): boolean {
  if (cells.length < 2 || cells.length !== columns) return false;
  const [first, ...rest] = cells.map((cell) => cell.trim());
  if (!rest.every((cell) => isNumeral(cell, delimiter))) return false;
  return countingFrom([first.replace(/^#+\s*/, ''), ...rest]) === null;
}

/** Returns where whole numbers begin that count the columns, 0 or 1; null if they are anything else. */
export function countingFrom(cells: readonly string[]): 0 | 1 | null {
  for (const begin of [0, 1] as const) {
    if (cells.every((cell, i) => cell === String(begin + i))) return begin;
  }
  return null;
}
