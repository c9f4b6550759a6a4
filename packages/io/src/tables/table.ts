import { FormatError, quote } from '../bytes/format-error.ts';
import { COMMA_NUMBER, NUMBER, problemOf } from '../formats/csv/number-text.ts';
import { placesOf } from './column-places.ts';

/** A column: numbers (NaN if missing), or text (empty if missing). */
export type TableColumn =
  | { readonly name: string; readonly values: Float64Array }
  | { readonly name: string; readonly values: readonly string[] };

/** A table with named columns. */
export interface Table {
  /** Name of the file. */
  readonly source: string;
  readonly rows: number;
  /** The columns requested, in that order, or all columns in the order of the file. */
  readonly columns: readonly TableColumn[];
  /** Key-value metadata of a Parquet file, or the `# key: value` lines before the names in a CSV
   * file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Place of a row in errors: `line 7` of a CSV file, `row 5` of a Parquet file. */
  readonly place: (row: number) => string;
  /** Sentences for the user about the reading of numbers: for example, that commas are decimal commas. */
  readonly notes?: readonly string[];
  /** Reason, for errors, why numbers with commas are texts; absent if there are none. */
  readonly commaDoubt?: string;
}

/** Options of `readTable`. */
export interface TableOptions {
  /** Names of the columns to read; default all. */
  readonly columns?: readonly string[];
  /**
   * Decompresses a Brotli page of a Parquet file to `length` bytes: `inflateBrotli` of `polysem/io/node` in Node.
   * Without it, files with Brotli are refused.
   */
  readonly brotli?: (page: Uint8Array, length: number) => Uint8Array;
}

/**
 * Returns the numbers of a column and checks that all are finite.
 *
 * @param table the table.
 * @param name the column.
 * @returns one number per row.
 * @throws FormatError that names file, line, column and fix if the column does not exist, or a cell is missing or not a
 *   number.
 * @example
 * ```js
 * import { finiteColumn } from 'polysem/io';
 * const columns = [{ name: 'x', values: Float64Array.of(1, 2) }];
 * finiteColumn({ source: 'x.csv', rows: 2, columns, metadata: {}, place: String }, 'x')[1]; // 2
 * ```
 */
export function finiteColumn(table: Table, name: string): Float64Array {
  const { source, columns, place, commaDoubt } = table;
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
    return fail(row, 'is missing or not finite; remove the row or write a number');
  }
  const row = values.findIndex((cell) => !NUMBER.test(cell.trim()));
  if (row < 0) return Float64Array.from(values, Number);
  const cell = values[row].trim();
  if (commaDoubt !== undefined && COMMA_NUMBER.test(cell))
    throw new FormatError(source, commaDoubt);
  return fail(row, problemOf(cell, ','));
}
