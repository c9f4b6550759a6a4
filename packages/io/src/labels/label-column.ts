import { FormatError, quote, quoteList } from '../bytes/format-error.ts';
import type { Table } from '../tables/table.ts';

/** What a column of labels is called, most telling first. */
const USUAL = ['label', 'labels', 'name', 'token', 'feature', 'word'];

/**
 * Which of the columns of a table holds labels: the one asked for, else one with a usual name; undefined if there is only
 * one, of another name.
 *
 * @throws FormatError if it has no such column, or several and none with a usual name.
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
 * The labels of a table with named columns, such as a Parquet file: those of `column`, else of the one called label, name,
 * token, feature or word, else of the only one. Numbers are written out, missing ones left empty.
 *
 * @throws FormatError if it has no such column.
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
