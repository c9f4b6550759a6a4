import type { ResultColumn, ResultValue } from '../cell.ts';

/** The values of a column as typed arrays; `present` is 0 where a cell has no value. */
export type ColumnData =
  | {
      readonly kind: 'numbers';
      readonly present: Uint8Array;
      readonly offsets: Uint32Array;
      readonly values: Float64Array;
    }
  | { readonly kind: 'number'; readonly present: Uint8Array; readonly values: Float64Array }
  | {
      readonly kind: 'text';
      readonly present: Uint8Array;
      readonly offsets: Uint32Array;
      /** UTF-8. */
      readonly bytes: Uint8Array;
    };

/** Collects the values of a column. @throws TypeError if a value does not fit the type. */
export function columnOf(
  { name, type }: ResultColumn,
  values: readonly (ResultValue | undefined)[],
): ColumnData {
  const present = Uint8Array.from(values, (value) =>
    value === null || value === undefined ? 0 : 1,
  );
  const unfit = (value: unknown): never => {
    throw new TypeError(
      `sweep: the value of ${name} must be ${type}, got ${JSON.stringify(value)}`,
    );
  };
  if (type === 'text') {
    const texts = values.map((value) => {
      if (value === null || value === undefined) return Buffer.alloc(0);
      return typeof value === 'string' ? Buffer.from(value) : unfit(value);
    });
    const bytes = new Uint8Array(Buffer.concat(texts));
    return { kind: 'text', present, offsets: ends(texts), bytes };
  }
  if (type !== 'numbers') {
    const numbers = Float64Array.from(values, (value) => {
      if (value === null || value === undefined) return 0;
      return typeof value === 'number' ? value : unfit(value);
    });
    return { kind: 'number', present, values: numbers };
  }
  const lists = values.map((value): readonly number[] => {
    if (value === null || value === undefined) return [];
    return typeof value === 'object' ? value : unfit(value);
  });
  const offsets = ends(lists);
  const flat = new Float64Array(offsets[lists.length]);
  for (const [k, list] of lists.entries()) flat.set(list, offsets[k]);
  return { kind: 'numbers', present, offsets, values: flat };
}

/** Where each list begins in the lists one after the other, and where the last ends. */
function ends(lists: readonly { readonly length: number }[]): Uint32Array {
  const offsets = new Uint32Array(lists.length + 1);
  for (const [k, { length }] of lists.entries()) offsets[k + 1] = offsets[k] + length;
  return offsets;
}

/** The value in one row of a column. */
export function valueAt(column: ColumnData, row: number): ResultValue {
  if (column.present[row] === 0) return null;
  if (column.kind === 'number') return column.values[row];
  const [from, to] = [column.offsets[row], column.offsets[row + 1]];
  if (column.kind === 'numbers') return Array.from(column.values.subarray(from, to));
  return Buffer.from(column.bytes.subarray(from, to)).toString();
}
