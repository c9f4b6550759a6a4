import type { ResultColumn, ResultValue } from '../cell.ts';
import { tableColumns, tableRow } from '../store/table.ts';
import type { SweepResults } from './open-results.ts';

/** Rows of the table of a sweep. */
export interface TableRows {
  readonly columns: readonly ResultColumn[];
  /** One value per column; null where a cell has none. */
  readonly rows: readonly (readonly ResultValue[])[];
}

/** Cells that are read at a time. */
const AT_ONCE = 4096;

/**
 * The first rows of the table of a sweep, as `sweepTableFiles` writes it.
 *
 * @param results the results.
 * @param most maximum number of rows.
 * @returns columns and rows.
 *
 * @remarks No example: it needs the folder of a sweep.
 */
export function firstRows({ plan, manifest, rows: read }: SweepResults, most: number): TableRows {
  const rows: (readonly ResultValue[])[] = [];
  for (let first = 0; first < manifest.cells && rows.length < most; first += AT_ONCE) {
    for (const row of read(first, first + AT_ONCE)) {
      if (rows.length < most) rows.push(tableRow(plan, row));
    }
  }
  return { columns: tableColumns(plan), rows };
}
