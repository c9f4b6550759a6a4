import type { MatrixOptions } from '../../tables/matrix-options.ts';
import { countingFrom, type Dialect } from './dialect.ts';
import { isNumeral, NO_NUMBER } from './number-text.ts';
import type { CsvRecord } from './record-splitter.ts';

/** The kind of the first line of a matrix; `counting` means that it counts the columns and that all rows decide. */
export type HeaderKind = 'names' | 'counting' | 'numbers';

/** Names of an index that a writer left without one. */
const NO_NAME = /^(?:|unnamed: ?\d+(?:\.\d+)*)$/i;

/**
 * Judges the first line of a matrix by the second.
 *
 * Names: at least one cell is not empty, and none begins like a number or marks a missing one. Numbers are names if only
 * they are in quotes, or if they count the columns beside a cell that is no number.
 */
export function headerKind(
  first: CsvRecord,
  second: CsvRecord,
  { delimiter }: Dialect,
  options: MatrixOptions,
): HeaderKind {
  if (options.header !== undefined) return options.header ? 'names' : 'numbers';
  const cells = first.cells.map((cell) => cell.trim());
  if (isTextual(cells)) return 'names';
  if (cells.length !== second.cells.length) return 'numbers';
  if (first.quoted?.every(Boolean) === true && !hasQuotedNumber(second, delimiter)) return 'names';
  const [corner] = cells;
  // An index that was written twice has two cells without a name.
  const unnamed = cells.findIndex((cell) => !NO_NAME.test(cell));
  const rest = cells.slice(Math.max(1, unnamed));
  const isNumber = isNumeral(corner, delimiter) || NO_NUMBER.test(corner);
  if (rest.length > 0 && !isNumber && countingFrom(rest) !== null) {
    const isRow = corner !== '' && !isNumeral(second.cells[0].trim(), delimiter);
    return isRow ? 'counting' : 'names';
  }
  return countingFrom(cells) === null ? 'numbers' : 'counting';
}

/** Returns whether the first column holds names or an index; otherwise it holds numbers. */
export function hasNames(
  first: CsvRecord,
  second: CsvRecord,
  kind: HeaderKind,
  { delimiter }: Dialect,
  options: MatrixOptions,
): boolean {
  if (options.indexColumn !== undefined) return options.indexColumn;
  if (second.cells.length < 2) return false;
  if (isShorter(first, second)) return true;
  if (kind !== 'numbers' && NO_NAME.test(first.cells[0].trim())) return true;
  const rows = kind === 'names' ? [second] : [first, second];
  return rows.every(({ cells: [name, ...rest] }, i) => {
    // The corner of a line that counts the columns may be a number as well.
    const isText = (kind === 'counting' && i === 0) || isWord(name.trim());
    return isText && rest.every((cell) => isNumeral(cell.trim(), delimiter));
  });
}

/** Returns whether a line of names has one cell less than a row, because the names of the rows have none (as in R). */
export function isShorter(first: CsvRecord, second: CsvRecord): boolean {
  if (first.cells.length !== second.cells.length - 1) return false;
  const named = isTextual(first.cells.map((cell) => cell.trim())) || first.quoted?.every(Boolean);
  const [name] = second.cells;
  const isName = second.quoted?.[0] === true || isWord(name.trim()) || /^[01]$/.test(name.trim());
  return named === true && isName;
}

function isTextual(cells: readonly string[]): boolean {
  return (
    cells.some((cell) => cell !== '') &&
    !cells.some((cell) => /^[+-]?\.?\d/.test(cell) || NO_NUMBER.test(cell))
  );
}

function hasQuotedNumber({ cells, quoted }: CsvRecord, delimiter: string): boolean {
  return cells.some(
    (cell, i) =>
      // The name of a row may be a number in quotes.
      (i > 0 || cells.length === 1) && quoted?.[i] === true && isNumeral(cell.trim(), delimiter),
  );
}

/** Returns whether a cell is a name; a cell that begins like a number may be a damaged one. */
function isWord(cell: string): boolean {
  return cell !== '' && !/^[+-]?[.,]?\d/.test(cell) && !NO_NUMBER.test(cell);
}
