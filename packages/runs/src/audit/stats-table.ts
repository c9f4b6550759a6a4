import { UsageError } from '../usage-error.ts';
import { readTableFile } from '../table-file.ts';
import type { FeatureTable } from './feature-table.ts';

/**
 * Reads a table of per-feature statistics.
 *
 * @param path a CSV or Parquet file, on disk or on the web.
 * @param onNote is called with what a user should know, such as that commas were read as decimal commas.
 * @returns the table.
 * @throws FormatError if the file is not a table. `numbers` throws UsageError naming the cell if one is not a number.
 *
 * @example
 * ```js
 * import { rmSync, writeFileSync } from 'node:fs';
 * import { readStatsTable } from 'polysem/runs';
 * writeFileSync('stats.csv', 'kurtosis\n3\n5\n');
 * const table = await readStatsTable('stats.csv');
 * rmSync('stats.csv');
 * table.numbers('kurtosis'); // [3, 5]
 * ```
 */
export async function readStatsTable(
  path: string,
  onNote: (note: string) => void = () => {},
): Promise<FeatureTable> {
  const { source, columns, rows, place, notes = [], commaDoubt } = await readTableFile(path);
  for (const each of notes) onNote(`${source}: ${each}`);
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
      // A single non-numeric cell makes the whole column text, so the other cells are parsed here.
      return Float64Array.from(values, (cell, row) => {
        const text = cell.trim();
        const value = text === '' ? NaN : Number(text);
        if (!Number.isNaN(value) || /^(?:|[+-]?nan|n\/?a|null|none)$/i.test(text)) return value;
        if (commaDoubt !== undefined && text.includes(','))
          throw new UsageError(`${source}: ${commaDoubt}`);
        throw new UsageError(
          `${source}: ${place(row)}, column "${column}": ${JSON.stringify(text)} is not a number; write one, or leave the cell empty`,
        );
      });
    },
  };
}
