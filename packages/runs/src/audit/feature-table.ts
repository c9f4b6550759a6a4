import { UsageError } from '../usage-error.ts';

/** A table with one row per feature. */
export interface FeatureTable {
  /** Name in messages: the path. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** A column as numbers; NaN for cells that are empty or say that there is no number, such as `n/a`. */
  readonly numbers: (column: string) => Float64Array;
  /** A column as text. */
  readonly texts: (column: string) => string[];
  /** Location of row i for messages, such as 'line 7'. */
  readonly place: (row: number) => string;
}

/** Column with the index of the feature. Without it rows are in the order of the features. */
const INDEX = 'feature';

/**
 * Checks that a column exists.
 *
 * @param table the table.
 * @param column its name.
 * @param flag the flag that asks for it, for the message.
 * @returns `column`.
 * @throws UsageError listing the columns if it does not exist.
 *
 * @example
 * ```js
 * import { requireColumn } from 'polysem/runs';
 * const table = { name: 'stats.csv', columns: ['feature', 'density'] };
 * requireColumn(table, 'density', '--density'); // 'density'
 * requireColumn(table, 'kurtosis', '--kurtosis'); // throws UsageError
 * ```
 */
export function requireColumn(table: FeatureTable, column: string, flag: string): string {
  if (table.columns.includes(column)) return column;
  throw new UsageError(
    `${flag}: ${table.name} has no column ${JSON.stringify(column)}; it has ${table.columns.join(', ')}`,
  );
}

/**
 * Finds the row of each feature: by the column `feature` if it exists, otherwise in order.
 *
 * @param table the table.
 * @param features number of features.
 * @returns the index of the row of each feature.
 * @throws UsageError naming file and row unless there is exactly one row per feature.
 *
 * @example
 * ```js
 * import { rowsOfFeatures } from 'polysem/runs';
 * const numbers = () => Float64Array.of(1, 0);
 * const table = { name: 'stats.csv', columns: ['feature'], rows: 2, numbers, place: (row) => `line ${row + 2}` };
 * rowsOfFeatures(table, 2); // [1, 0]
 * ```
 */
export function rowsOfFeatures(table: FeatureTable, features: number): Int32Array {
  if (table.rows !== features) {
    throw new UsageError(
      `${table.name}: has ${table.rows} rows for ${features} features; give one row per feature`,
    );
  }
  const rows = new Int32Array(features).fill(-1);
  if (!table.columns.includes(INDEX)) return rows.map((_, i) => i);
  const index = table.numbers(INDEX);
  for (let row = 0; row < features; row++) {
    const feature = index[row];
    const where = `${table.name}: ${table.place(row)}, column "${INDEX}"`;
    if (!Number.isInteger(feature) || feature < 0 || feature >= features) {
      throw new UsageError(
        `${where}: has ${feature}; features are numbered 0 to ${features - 1}; if rows are in order, leave the column out`,
      );
    }
    if (rows[feature] >= 0) {
      throw new UsageError(
        `${where}: feature ${feature} already has a row, ${table.place(rows[feature])}; give each feature one row`,
      );
    }
    rows[feature] = row;
  }
  return rows;
}

/** Allowed values of a column. */
export interface Range {
  readonly is: (value: number) => boolean;
  /** The rule for messages, such as 'an importance is at least 0'. */
  readonly must: string;
}

/**
 * Reads a column in the order of the features and checks its values.
 *
 * @param table the table.
 * @param column name of the column.
 * @param rows the row of each feature, from {@link rowsOfFeatures}.
 * @param range allowed values.
 * @param unless true for features whose value is not checked.
 * @returns one value per feature.
 * @throws UsageError naming file, row, column, value and the rule.
 *
 * @example
 * ```js
 * import { checkedColumn, DENSITY } from 'polysem/runs';
 * const numbers = () => Float64Array.of(0.5, 0.1);
 * const table = { name: 'stats.csv', columns: ['density'], rows: 2, numbers, place: (row) => `line ${row + 2}` };
 * checkedColumn(table, 'density', Int32Array.of(1, 0), DENSITY); // [0.1, 0.5]
 * ```
 */
export function checkedColumn(
  table: FeatureTable,
  column: string,
  rows: Int32Array,
  range: Range,
  unless: (feature: number) => boolean = () => false,
): Float64Array {
  const values = table.numbers(column);
  const result = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    result[i] = values[rows[i]];
    if (range.is(result[i]) || unless(i)) continue;
    throw new UsageError(
      `${table.name}: ${table.place(rows[i])}, column "${column}": has ${Number.isNaN(result[i]) ? 'no number' : result[i]}; ${range.must}`,
    );
  }
  return result;
}

export const IMPORTANCE: Range = {
  is: (v) => v === 0 || (v >= 1e-140 && v <= 1e140),
  must: 'an importance is at least 0 (0, or between 1e-140 and 1e140)',
};
export const KURTOSIS: Range = {
  is: (k) => k >= 1 && k <= 1e18,
  must: 'a kurtosis is at least 1 (3 for a Gaussian; excess kurtosis is 3 less: add 3)',
};
export const DENSITY: Range = {
  is: (p) => p >= 0 && p <= 1,
  must: 'it is P(active), from 0 to 1; divide counts by the number of samples',
};
export const SCALE: Range = {
  is: (s) => s >= 0 && s < Infinity,
  must: 'a scale is finite and at least 0',
};
