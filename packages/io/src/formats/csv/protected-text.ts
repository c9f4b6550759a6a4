import type { CsvRecord } from './record-splitter.ts';

/*
 * A spreadsheet runs a cell that begins with =, +, -, @, a tab or a CR, and pandas reads words such as NA as missing.
 * Texts of that kind are written behind an apostrophe, as is usual in spreadsheets, and read without it. So that
 * apostrophes of other programs stay, a file says where they are to be removed: the name of such a column is in quotes
 * without need, while no cell of a row is.
 */

const PROTECTED =
  /^'*(?:[=+\-@\t\r]|(?:#N\/A(?: N\/A)?|#NA|1\.#(?:IND|QNAN)|<NA>|N\/A|NA|NULL|NaN|None|n\/a|nan|null)$)/;

/** Returns a text behind an apostrophe if a program would take it for something else; others unchanged. */
export function protectText(text: string): string {
  return needsProtection(text) ? `'${text}` : text;
}

/** Returns whether `protectText` adds an apostrophe. */
export function needsProtection(text: string): boolean {
  return PROTECTED.test(text);
}

/** Undoes `protectText`. */
export function unprotectText(text: string): string {
  return text.startsWith("'") && PROTECTED.test(text) ? text.slice(1) : text;
}

/** Returns whether a cell must be in quotes. An empty cell alone would be a blank line, a leading # a comment. */
export function needsQuotes(text: string): boolean {
  return text === '' || /[",;\t\r\n#]|^\s|\s$/.test(text);
}

/** Returns whether a record has a cell in quotes that needs none, as programs write that quote all texts. */
export function hasNeedlessQuotes({ cells, quoted }: CsvRecord): boolean {
  return quoted?.some((isQuoted, i) => isQuoted && !needsQuotes(cells[i])) === true;
}

/** Returns whether a name marks a column of protected texts, in a file whose rows have no needless quotes. */
export function marksProtected(name: string, isQuoted: boolean | undefined): boolean {
  return isQuoted === true && !needsQuotes(name);
}
