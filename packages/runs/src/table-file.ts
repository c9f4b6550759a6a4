import { readFile } from 'node:fs/promises';
import { readTable, type Table } from '@polysem/io';
import { csvDoubts, csvPieces, parquetPieces, type WrittenColumn } from '@polysem/io/tables';
import { isUrl } from '@polysem/io/bytes';
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
 * import { checkTableName } from 'polysem/runs';
 * checkTableName('features.csv', '--per-feature');
 * ```
 */
export function checkTableName(path: string | undefined, flag: string): void {
  if (path !== undefined && !/\.(csv|parquet)$/i.test(path))
    throw new UsageError(`${flag}: ${path}: must end in .csv or .parquet`);
}

/** A file to write. */
export interface OutputFile {
  readonly path: string;
  readonly content: Iterable<Uint8Array> | string;
  /** Texts that programs take for something else, one sentence per kind. */
  readonly doubts?: readonly string[];
}

/**
 * Names the file beside a CSV table that holds its configuration: `x.csv.json` for `x.csv`. A Parquet file holds its own.
 *
 * @param path path of the table; undefined if no table is written.
 * @returns the path; undefined if there is no such file.
 *
 * @example
 * ```js
 * import { notesPath } from 'polysem/runs';
 * notesPath('each.csv'); // 'each.csv.json'
 * ```
 */
export function notesPath(path: string | undefined): string | undefined {
  return path !== undefined && /\.csv$/i.test(path) ? `${path}.json` : undefined;
}

/**
 * Encodes a table as CSV or Parquet, depending on the ending of the path. The metadata of a CSV table are a second file,
 * so that the table begins with the names of its columns.
 *
 * @param path path of the output; ends in .csv or .parquet.
 * @param columns columns of equal length.
 * @param metadata texts, among them JSON; Parquet stores them in the file.
 * @returns the table, and the file with its metadata if there is one.
 *
 * @example
 * ```js
 * import { tableFiles } from 'polysem/runs';
 * const columns = [{ name: 'x', values: Float64Array.of(0.5) }];
 * tableFiles('x.csv', columns, { seed: '7' }).map(({ path }) => path); // ['x.csv', 'x.csv.json']
 * ```
 */
export function tableFiles(
  path: string,
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>>,
): [OutputFile, ...OutputFile[]] {
  const beside = notesPath(path);
  if (beside === undefined) return [{ path, content: parquetPieces(columns, metadata) }];
  const notes = Object.fromEntries(
    Object.entries(metadata).map(([key, text]) => [key, jsonOrText(text)]),
  );
  return [
    { path, content: csvPieces(columns), doubts: csvDoubts(columns) },
    { path: beside, content: `${JSON.stringify(notes, null, 1)}\n` },
  ];
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Reads a CSV or Parquet table from disk or the web. Metadata of a CSV table on disk come from the file beside it.
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
    const table = await readTable(source, { ...wanted, brotli: inflateBrotli });
    const metadata = await readNotes(location);
    return { ...table, metadata: { ...table.metadata, ...metadata } };
  } finally {
    await source.close();
  }
}

/** Reads the file with the metadata of a CSV table on disk; empty if there is none. */
async function readNotes(location: string): Promise<Record<string, string>> {
  const path = notesPath(location);
  if (path === undefined || isUrl(location)) return {};
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const notes = jsonOrText(text);
  if (typeof notes !== 'object' || notes === null || Array.isArray(notes)) return {};
  return Object.fromEntries(
    Object.entries(notes).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
