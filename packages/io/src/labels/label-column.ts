import { FormatError, quote, quoteList } from '../bytes/format-error.ts';
import type { Table } from '../tables/table.ts';

/** Usual names of a column of labels, the most specific first. */
const USUAL = ['label', 'labels', 'name', 'token', 'feature', 'word'];

/**
 * Finds the column of labels in a table: the one requested, or else one with a usual name. Returns undefined if the
 * only column has another name.
 *
 * @throws FormatError if the column does not exist, or there are several and none has a usual name.
 */
export function labelColumn(
  names: readonly string[],
  wanted: string | undefined,
  source: string,
): number | undefined {
  const lower = names.map((name) => name.trim().toLowerCase());
  const at =
    wanted === undefined
      ? USUAL.map((usual) => lower.indexOf(usual)).find((place) => place >= 0)
      : lower.indexOf(wanted.trim().toLowerCase());
  if (at === -1 || (at === undefined && names.length > 1)) {
    const what = wanted === undefined ? 'of labels' : quote(wanted);
    throw new FormatError(source, `has no column ${what}; it has ${quoteList(names)}`);
  }
  return at;
}

/**
 * Reads the labels of a table such as a Parquet file. Numbers are converted to text, missing ones to empty strings.
 *
 * @param table the table.
 * @param column the column of labels; default the one called label, labels, name, token, feature or word, or else the
 *   only one.
 * @returns one label per row.
 * @throws FormatError if there is no such column.
 * @example
 * ```js
 * import { labelsOfTable } from 'polysem/io';
 * const columns = [{ name: 'token', values: ['cat', 'dog'] }];
 * labelsOfTable({ source: 't.csv', rows: 2, columns, metadata: {}, place: String }); // ['cat', 'dog']
 * ```
 */
export function labelsOfTable({ source, columns }: Table, column?: string): string[] {
  const at = labelColumn(
    columns.map(({ name }) => name),
    column,
    source,
  );
  const { values } = columns[at ?? 0];
  if (!(values instanceof Float64Array)) return [...values];
  return Array.from(values, (value) => (Number.isNaN(value) ? '' : String(value)));
}
