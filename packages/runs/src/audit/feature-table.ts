import { UsageError } from '../usage-error.ts';

/** Numbers and names of features, by column. */
export interface FeatureTable {
  /** What messages call it: the path. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** A column as numbers, NaN where a cell is empty or stands for no number. */
  readonly numbers: (column: string) => Float64Array;
  /** A column as text. */
  readonly texts: (column: string) => string[];
  /** Where row i stands, for messages: 'line 7'. */
  readonly place: (row: number) => string;
}

/** The column that says which feature a row speaks of; without it rows stand in the order of the features. */
const INDEX = 'feature';

/** A column, or one line that says which there are. @throws UsageError if there is none. */
export function requireColumn(table: FeatureTable, column: string, flag: string): string {
  if (table.columns.includes(column)) return column;
  throw new UsageError(
    `${flag}: ${table.name} has no column ${JSON.stringify(column)}; it has ${table.columns.join(', ')}`,
  );
}

/**
 * The row of each feature: by the column `feature` where there is one, in order otherwise.
 *
 * @throws UsageError naming file and row if there is not exactly one row a feature.
 */
export function rowsOfFeatures(table: FeatureTable, features: number): Int32Array {
  if (table.rows !== features) {
    throw new UsageError(
      `${table.name}: has ${table.rows} rows for ${features} features; give one row a feature`,
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
        `${where}: has ${feature}; features are numbered 0 to ${features - 1}, or leave the column out where rows are in order`,
      );
    }
    if (rows[feature] >= 0) {
      throw new UsageError(
        `${where}: feature ${feature} stood in ${table.place(rows[feature])} already; give each feature one row`,
      );
    }
    rows[feature] = row;
  }
  return rows;
}

/** What a column may hold. */
export interface Range {
  readonly is: (value: number) => boolean;
  /** Such as 'an importance is at least 0'. */
  readonly must: string;
}

/**
 * A column in the order of the features, checked.
 *
 * @param unless features that are not looked at.
 * @throws UsageError naming file, row, column, value and what it must be.
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
