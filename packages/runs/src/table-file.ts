import { readTable, type Table } from '@polysem/io';
import { csvPieces, parquetPieces, type WrittenColumn } from '@polysem/io/tables';
import { inflateBrotli, openLocation } from '@polysem/io/node';
import { UsageError } from './usage-error.ts';

/**
 * Checks that the name of an output table ends in .csv or .parquet.
 *
 * @param path the name; undefined if no table is written.
 * @param flag the flag that gave it, for the message.
 * @throws UsageError if it has another ending.
 *
 * @example
 * ```js
 * import { checkTableName } from '@polysem/runs';
 * checkTableName('features.csv', '--per-feature');
 * ```
 */
export function checkTableName(path: string | undefined, flag: string): void {
  if (path !== undefined && !/\.(csv|parquet)$/i.test(path))
    throw new UsageError(`${flag}: ${path}: must end in .csv or .parquet`);
}

/**
 * Encodes a table as CSV or Parquet, depending on the ending of the path.
 *
 * @param path path of the output; ends in .csv or .parquet.
 * @param columns columns of equal length.
 * @param metadata stored in the file.
 * @returns the bytes of the file, in pieces.
 *
 * @example
 * ```js
 * import { columnPieces } from '@polysem/runs';
 * const columns = [{ name: 'capacity', values: Float64Array.of(0.5, 1) }];
 * const pieces = [...columnPieces('features.csv', columns, {})];
 * pieces.length > 0; // true
 * ```
 */
export function columnPieces(
  path: string,
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>>,
): Iterable<Uint8Array> {
  return (/\.parquet$/i.test(path) ? parquetPieces : csvPieces)(columns, metadata);
}

/**
 * Reads a CSV or Parquet table from disk or the web.
 *
 * @param location path or address.
 * @param columns names of the columns to read; all if absent.
 * @returns the table.
 * @throws FormatError if it is not a table.
 *
 * @remarks No example: it reads a file.
 */
export async function readTableFile(location: string, columns?: readonly string[]): Promise<Table> {
  const source = await openLocation(location);
  try {
    const wanted = columns === undefined ? {} : { columns };
    return await readTable(source, { ...wanted, brotli: inflateBrotli });
  } finally {
    await source.close();
  }
}
