import { quote } from '../../bytes/format-error.ts';

/** A number as programs write it. */
export const NUMBER: RegExp = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Marks for a missing or non-finite number. */
export const NO_NUMBER: RegExp = /^(?:[+-]?(?:nan|inf|infinity)|n\/?a|#n\/a|null|none)$/i;
/** Delimiters, tried in this order on the first line. */
export const DELIMITERS: readonly string[] = ['\t', ';', ','];

/** Explains why a cell is not a finite number, and what to write instead. */
export function problemOf(cell: string, delimiter: string): string {
  if (cell === '') return 'is empty; write a number, such as 0 if nothing was active';
  if (NUMBER.test(cell)) return `${quote(cell)} is too large for a double; scale the column`;
  if (NO_NUMBER.test(cell)) {
    return `${quote(cell)} is not a finite number; leave the row out or write a number`;
  }
  if (NUMBER.test(cell.replace(',', '.'))) {
    return `${quote(cell)} has a decimal comma; write ${cell.replace(',', '.')}`;
  }
  const spaced = delimiter === ',' && cell.split(/\s+/).every((part) => NUMBER.test(part));
  return spaced
    ? `${quote(cell)} contains several numbers; separate them by commas, semicolons or tabs`
    : `${quote(cell)} is not a number; only the first line may hold names, which must not begin with a digit`;
}
