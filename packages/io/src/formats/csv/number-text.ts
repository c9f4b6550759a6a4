import { quote } from '../../bytes/format-error.ts';

/** A number as programs write one. */
export const NUMBER: RegExp = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** What programs write for a number that is missing or not finite. */
export const NO_NUMBER: RegExp = /^(?:[+-]?(?:nan|inf|infinity)|n\/?a|#n\/a|null|none)$/i;
/** Tried in this order on the first line. */
export const DELIMITERS: readonly string[] = ['\t', ';', ','];

/** Why a cell is no finite number, and what to write instead. */
export function problemOf(cell: string, delimiter: string): string {
  if (cell === '') return 'is empty; write a number, 0 where nothing was active';
  if (NUMBER.test(cell)) return `${quote(cell)} is too large for a double; scale the column`;
  if (NO_NUMBER.test(cell)) {
    return `${quote(cell)} is not a finite number; leave the row out or write a number`;
  }
  if (NUMBER.test(cell.replace(',', '.'))) {
    return `${quote(cell)} has a decimal comma; write ${cell.replace(',', '.')}`;
  }
  const spaced = delimiter === ',' && cell.split(/\s+/).every((part) => NUMBER.test(part));
  return spaced
    ? `${quote(cell)} is several numbers; separate them by commas, semicolons or tabs`
    : `${quote(cell)} is not a number; names may stand in the first line alone, and begin with no digit`;
}
