import { quote } from '../bytes/format-error.ts';

/** A column to write: numbers or text. */
export interface WrittenColumn {
  readonly name: string;
  readonly values: Float64Array | Float32Array | Int32Array | readonly string[];
}

/**
 * Checks columns and returns their number of rows.
 *
 * @throws RangeError if there is no column, columns differ in length, or a name is empty or duplicate.
 */
export function checkColumns(caller: string, columns: readonly WrittenColumn[]): number {
  checkNames(
    caller,
    columns.map(({ name }) => name),
  );
  const rows = columns[0].values.length;
  for (const { name, values } of columns) {
    if (values.length !== rows) {
      throw new RangeError(
        `${caller}: column ${quote(name)} has ${values.length} values, the first has ${rows}`,
      );
    }
  }
  return rows;
}

/** Checks the names of columns. @throws RangeError if the list is empty, or a name is empty or duplicate. */
export function checkNames(caller: string, names: readonly string[]): void {
  if (names.length === 0) throw new RangeError(`${caller}: columns is empty; give at least one`);
  const seen = new Set<string>();
  for (const name of names) {
    if (name === '' || seen.has(name))
      throw new RangeError(`${caller}: the name ${quote(name)} is empty or used twice`);
    seen.add(name);
  }
}
