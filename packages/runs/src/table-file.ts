import { readTable, type Table } from '@polysem/io';
import { csvPieces, parquetPieces, type WrittenColumn } from '@polysem/io/tables';
import { inflateBrotli, openLocation } from '@polysem/io/node';
import { UsageError } from './usage-error.ts';

/** Checks that a name has an ending that tables are written by. @throws UsageError if not. */
export function checkTableName(path: string | undefined, flag: string): void {
  if (path !== undefined && !/\.(csv|parquet)$/i.test(path))
    throw new UsageError(`${flag}: ${path}: must end in .csv or .parquet`);
}

/** A table as the bytes of a CSV or Parquet file, by the ending of its name. */
export function columnPieces(
  path: string,
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>>,
): Iterable<Uint8Array> {
  return (/\.parquet$/i.test(path) ? parquetPieces : csvPieces)(columns, metadata);
}

/** Reads a table, CSV or Parquet, or some of its columns, from disk or the web. */
export async function readTableFile(location: string, columns?: readonly string[]): Promise<Table> {
  const source = await openLocation(location);
  try {
    const wanted = columns === undefined ? {} : { columns };
    return await readTable(source, { ...wanted, brotli: inflateBrotli });
  } finally {
    await source.close();
  }
}
