import { FormatError, quote, quoteList } from '../bytes/format-error.ts';

/**
 * Returns the indices of the wanted columns.
 *
 * @throws FormatError if a column is missing or occurs twice.
 */
export function placesOf(
  source: string,
  names: readonly string[],
  wanted: readonly string[] = names,
): number[] {
  return wanted.map((name) => {
    const place = names.indexOf(name);
    if (place < 0) {
      throw new FormatError(source, `no column ${quote(name)}; it has ${quoteList(names)}`);
    }
    if (names.lastIndexOf(name) === place) return place;
    throw new FormatError(source, `two columns are called ${quote(name)}; rename one of them`);
  });
}
