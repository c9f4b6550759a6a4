import { quote } from '../bytes/format-error.ts';
import { NUMBER } from '../formats/csv/number-text.ts';

/** Names that writers give to an index column that they write like data. */
const INDEX_NAMES = /^(?:|unnamed: ?\d+(?:\.\d+)*|index|idx|id|row|level_0)$/i;
/** Rows from which a first column that counts them is taken for an index rather than chance. */
const COUNTED = 3;

/** A first column, as texts or numbers. */
export interface FirstColumn {
  /** Its name; null if the table has no names. */
  readonly name: string | null;
  readonly length: number;
  /** The number of a row; NaN if it is none. */
  readonly number: (row: number) => number;
  /** True if every cell is a whole number written without a decimal point. */
  readonly isWhole: boolean;
}

/** Meaning of a first column; `problem` says why it is uncertain. */
export type FirstColumnKind = 'index' | 'names' | 'numbers' | { readonly problem: string };

const CHOOSE =
  'say which: --index-column 0 leaves it out of the numbers, --index-column none keeps it';

/** Classifies a first column of numbers that nothing else marks as an index. */
export function classifyNumbers(column: FirstColumn, othersHavePoints: boolean): FirstColumnKind {
  if (!column.isWhole) return 'numbers';
  const isNamed = column.name !== null && INDEX_NAMES.test(column.name.trim());
  if (counts(column)) {
    if (isNamed) return 'index';
    const many = column.length >= COUNTED || (column.length === 2 && othersHavePoints);
    if (many) return { problem: `${shown(column)} counts the rows, as an index does; ${CHOOSE}` };
  }
  if (isNamed && column.length > 1 && areDistinct(column))
    return { problem: `${shown(column)} may be an index; ${CHOOSE}` };
  return 'numbers';
}

/** Classifies a first column that the header leaves without a name, or that is not all numbers. */
export function classifyNames(column: FirstColumn, texts: readonly string[]): FirstColumnKind {
  if (column.isWhole && counts(column)) return 'index';
  if (column.isWhole && areDistinct(column)) return 'names';
  if (texts.every((text) => NUMBER.test(text.trim())))
    return { problem: `${shown(column)} holds numbers but has no name; ${CHOOSE}` };
  return 'names';
}

/** Describes a first column in messages. */
export function shown({ name }: Pick<FirstColumn, 'name'>): string {
  return name === null || name.trim() === ''
    ? 'the first column'
    : `the first column, ${quote(name)},`;
}

function counts({ length, number }: FirstColumn): boolean {
  const begin = number(0);
  if (begin !== 0 && begin !== 1) return false;
  for (let row = 1; row < length; row++) if (number(row) !== begin + row) return false;
  return true;
}

function areDistinct({ length, number }: FirstColumn): boolean {
  const seen = new Set<number>();
  for (let row = 0; row < length; row++) seen.add(number(row));
  return seen.size === length;
}
