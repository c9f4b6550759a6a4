import { quote } from '../bytes/format-error.ts';

/** The name that pandas gives to a column without one: an index that was written, read and written again. */
const UNNAMED = /^unnamed: ?\d+(?:\.\d+)*$/i;

/**
 * Finds columns that pandas called `Unnamed: 0` or similar and that count the rows, so that they are an index.
 *
 * @param names names of the columns.
 * @param rows number of rows.
 * @param number the number in a row of a column.
 * @returns the places of these columns, or the problem if a column with such a name may be an index.
 */
export function unnamedIndices(
  names: readonly string[],
  rows: number,
  number: (row: number, column: number) => number,
): readonly number[] | { readonly problem: string } {
  const found: number[] = [];
  for (const [column, name] of names.entries()) {
    if (!UNNAMED.test(name.trim())) continue;
    const values = Array.from({ length: rows }, (_, row) => number(row, column));
    if (
      values.every((value, row) => value === values[0] + row) &&
      (values[0] === 0 || values[0] === 1)
    )
      found.push(column);
    else if (values.every(Number.isInteger) && new Set(values).size === rows)
      return { problem: `column ${quote(name)} may be an index; remove it, or give it a name` };
  }
  return found;
}
