import { FormatError, quote } from '../bytes/format-error.ts';
import { NUMBER, problemOf } from '../formats/csv/number-text.ts';
import { placesOf } from './column-places.ts';

/** A column of a table: numbers, of which those that are missing are NaN, or texts, of which they are empty. */
export type TableColumn =
  | { readonly name: string; readonly values: Float64Array }
  | { readonly name: string; readonly values: readonly string[] };

/** A table with named columns. */
export interface Table {
  /** The file's name. */
  readonly source: string;
  readonly rows: number;
  /** The columns asked for, in that order, or all of them in the order of the file. */
  readonly columns: readonly TableColumn[];
  /** What the file says of itself: key-value metadata of Parquet, `# key: value` lines before the names of a CSV. */
  readonly metadata: Readonly<Record<string, string>>;
  /** How an error calls a row: `line 7` of a CSV, `row 5` of a Parquet file. */
  readonly place: (row: number) => string;
}

/** What of a table to read. */
export interface TableOptions {
  /** The names of the columns wanted; all if not given. */
  readonly columns?: readonly string[];
  /**
   * Inflates a page of a Parquet file compressed by Brotli to `length` bytes; such files are refused without. In Node,
   * `inflateBrotli` of `@polysem/io/node`.
   */
  readonly brotli?: (page: Uint8Array, length: number) => Uint8Array;
}

/**
 * The numbers of a column, all of them finite.
 *
 * @throws FormatError naming file, line, column and fix if there is no such column, or a cell is missing or no number.
 */
export function finiteColumn({ source, columns, place }: Table, name: string): Float64Array {
  const [at] = placesOf(
    source,
    columns.map((column) => column.name),
    [name],
  );
  const { values } = columns[at];
  const fail = (row: number, problem: string): never => {
    throw new FormatError(source, `${place(row)}, column ${quote(name)}: ${problem}`);
  };
  if (values instanceof Float64Array) {
    const row = values.findIndex((value) => !Number.isFinite(value));
    if (row < 0) return values;
    return fail(row, 'is missing or not finite; leave the row out or write a number');
  }
  const row = values.findIndex((cell) => !NUMBER.test(cell.trim()));
  return row < 0
    ? Float64Array.from(values, Number)
    : fail(row, problemOf(values[row].trim(), ','));
}
