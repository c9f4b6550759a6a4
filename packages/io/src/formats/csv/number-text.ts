import { quote } from '../../bytes/format-error.ts';

/** A number as programs write it. */
export const NUMBER: RegExp = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** A number with a decimal comma. */
export const COMMA_NUMBER: RegExp = /^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/;
/** A comma that may separate thousands: one to three digits, not all zero, and groups of three. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+$/;
/** Marks for a missing or non-finite number. */
export const NO_NUMBER: RegExp = /^(?:[+-]?(?:nan|inf|infinity)|n\/?a|#n\/a|null|none)$/i;
/** Delimiters of tables with named columns, tried in this order on the first line. */
export const DELIMITERS: readonly string[] = ['\t', ';', ','];

/** Note for the user of a file whose commas were read as decimal commas. */
export const COMMAS_READ = 'read commas in numbers as decimal commas';

/** Returns whether numbers may have decimal commas: between cells there are other marks, which are not spaces either. */
export function takesCommas(delimiter: string): boolean {
  return delimiter === ';' || delimiter === '\t';
}

/** Returns whether a text is a number, with a decimal point or, beside such a delimiter, a comma. */
export function isNumeral(cell: string, delimiter: string): boolean {
  return NUMBER.test(cell) || (takesCommas(delimiter) && COMMA_NUMBER.test(cell));
}

/** The first number with a decimal point, with a decimal comma, and with a comma that may separate thousands; '' for none. */
export interface DecimalMarks {
  point: string;
  comma: string;
  thousands: string;
}

/** Marks of no numbers yet. */
export function noMarks(): DecimalMarks {
  return { point: '', comma: '', thousands: '' };
}

/** Returns the value of a finite number with a comma and adds it to the marks; null if the cell is not such a number. */
export function commaNumber(cell: string, marks: DecimalMarks): number | null {
  if (!cell.includes(',') || !COMMA_NUMBER.test(cell)) return null;
  const value = Number(cell.replace(',', '.'));
  if (!Number.isFinite(value)) return null;
  if (THOUSANDS.test(cell)) marks.thousands ||= cell;
  else marks.comma ||= cell;
  return value;
}

/** Says why decimal commas make the numbers of a table uncertain, given the marks in it; null if they do not. */
export function commaDoubt(all: readonly DecimalMarks[]): string | null {
  const first = (key: keyof DecimalMarks): string => all.find((each) => each[key])?.[key] ?? '';
  const [point, comma, thousands] = [first('point'), first('comma'), first('thousands')];
  const both = comma || thousands;
  if (point !== '' && both !== '')
    return `has numbers with a decimal point (${point}) and with a comma (${both}); write all with a point`;
  if (thousands === '' || comma !== '') return null;
  return `has commas that may separate thousands or decimals (${thousands}); write decimal points and no other marks`;
}

/** Returns whether numbers have commas. */
export function hasCommas({ comma, thousands }: DecimalMarks): boolean {
  return comma !== '' || thousands !== '';
}

/** Reads the numbers of one matrix, which have all decimal points or all decimal commas. */
export interface NumeralReader {
  /** Returns the number; null if the cell is not a finite number. */
  readonly read: (cell: string) => number | null;
  readonly marks: Readonly<DecimalMarks>;
}

/** Makes the reader of the numbers of a matrix with this delimiter. */
export function numeralReader(delimiter: string): NumeralReader {
  const marks = noMarks();
  const maybeCommas = takesCommas(delimiter);
  return {
    marks,
    read: (cell) => {
      const withComma = maybeCommas ? commaNumber(cell, marks) : null;
      if (withComma !== null) return withComma;
      if (!NUMBER.test(cell)) return null;
      if (marks.point === '' && cell.includes('.')) marks.point = cell;
      const value = Number(cell);
      return Number.isFinite(value) ? value : null;
    },
  };
}

/** Explains why a cell is not a finite number, and what to write instead. */
export function problemOf(cell: string, delimiter: string): string {
  if (cell === '') return 'is empty; write a number, such as 0 if nothing was active';
  if (NUMBER.test(cell)) return `${quote(cell)} is too large for a double; scale the column`;
  if (NO_NUMBER.test(cell)) {
    return `${quote(cell)} is not a finite number; leave the row out or write a number`;
  }
  if (COMMA_NUMBER.test(cell)) {
    return `${quote(cell)} has a decimal comma; write ${cell.replace(',', '.')}`;
  }
  const spaced = delimiter === ',' && cell.split(/\s+/).every((part) => NUMBER.test(part));
  return spaced
    ? `${quote(cell)} contains several numbers; separate them by commas, semicolons or tabs`
    : `${quote(cell)} is not a number; only the first line may hold names, which must not begin with a digit`;
}
