import { UsageError } from '../usage-error.ts';
import { readTableFile } from '../table-file.ts';
import type { FeatureTable } from './feature-table.ts';

/** Reads a table of statistics, CSV or Parquet. @throws UsageError or FormatError naming the place if it is none. */
export async function readStatsTable(path: string): Promise<FeatureTable> {
  const { source, columns, rows, place } = await readTableFile(path);
  const byName = new Map(columns.map((column) => [column.name, column.values]));
  return {
    name: source,
    columns: columns.map(({ name }) => name),
    rows,
    place,
    texts: (column) => {
      const values = byName.get(column) ?? [];
      return values instanceof Float64Array
        ? Array.from(values, String)
        : values.map((text) => text.trim());
    },
    numbers: (column) => {
      const values = byName.get(column) ?? [];
      if (values instanceof Float64Array) return values;
      // A column with a word in it is one of words; numbers among them are still numbers, empty cells missing.
      return Float64Array.from(values, (cell, row) => {
        const text = cell.trim();
        const value = text === '' ? NaN : Number(text);
        if (!Number.isNaN(value) || /^(?:|[+-]?nan|n\/?a|null|none)$/i.test(text)) return value;
        throw new UsageError(
          `${source}: ${place(row)}, column "${column}": ${JSON.stringify(text)} is not a number; write one, or leave the cell empty`,
        );
      });
    },
  };
}
