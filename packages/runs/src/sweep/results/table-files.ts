import { notesPath, type OutputFile } from '../../table-file.ts';
import { manifestText } from '../store/manifest.ts';
import { csvTable, parquetTable } from '../store/table.ts';
import type { SweepResults } from './open-results.ts';

/**
 * The table of the cells that have ended, as CSV or Parquet by the ending of the path: one row per cell, ascending. The
 * manifest of the sweep is in the metadata of a Parquet file, and beside a CSV file.
 *
 * @param results the results of the sweep.
 * @param path path of the output; ends in .csv or .parquet.
 * @returns the table, and the file with the manifest if there is one.
 *
 * @remarks No example: it needs the folder of a sweep.
 */
export function sweepTableFiles(
  { store, plan, manifest }: SweepResults,
  path: string,
): [OutputFile, ...OutputFile[]] {
  const beside = notesPath(path);
  if (beside === undefined) return [{ path, content: parquetTable(store, plan, manifest) }];
  return [
    { path, content: csvTable(store, plan) },
    { path: beside, content: manifestText(manifest) },
  ];
}
