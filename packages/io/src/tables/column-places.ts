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
  /** The place of each name; -1 if it occurs twice. */
  const places = new Map<string, number>();
  names.forEach((name, place) => places.set(name, places.has(name) ? -1 : place));
  return wanted.map((name) => {
    const place = places.get(name);
    if (place === undefined) {
      throw new FormatError(source, `no column ${quote(name)}; it has ${quoteList(names)}`);
    }
    if (place >= 0) return place;
    throw new FormatError(source, `two columns are called ${quote(name)}; rename one of them`);
  });
}
