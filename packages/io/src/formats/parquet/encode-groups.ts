import { checkNames } from '../../tables/written-column.ts';
import { openWriter, type ParquetSchema } from './open-writer.ts';

/** A column of rows that come in groups. Every cell may be null. */
export interface GroupColumn {
  readonly name: string;
  /** Doubles, 64-bit integers, text, or a list of doubles per row. */
  readonly type: 'number' | 'integer' | 'text' | 'numbers';
}

/** The cells of one column in one group, by the type of the column. */
export type GroupCells =
  | readonly (number | null)[]
  | readonly (string | null)[]
  | readonly (readonly number[] | null)[];

/**
 * Encodes a Parquet file whose rows come in groups, one of which is in memory at a time. Cells can be null, and lists of
 * numbers are columns of Parquet's type LIST.
 *
 * @param columns the columns.
 * @param groups the cells of each group of rows, by column.
 * @param metadata key-value metadata of the file.
 * @returns the pieces of the file.
 * @throws RangeError if there is no column, or a name is empty or duplicate.
 * @example
 * ```js
 * import { parquetGroups } from 'polysem/io';
 * const columns = [{ name: 'capacity', type: 'numbers' }];
 * const pieces = [...parquetGroups(columns, [[[[0.5, 1], null]]])];
 * pieces.length; // 2
 * ```
 */
export function* parquetGroups(
  columns: readonly GroupColumn[],
  groups: Iterable<readonly GroupCells[]>,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  checkNames(
    'parquetGroups',
    columns.map(({ name }) => name),
  );
  const { parquet, taken } = openWriter(
    [{ name: 'root', num_children: columns.length }, ...columns.flatMap(elements)],
    metadata,
  );
  for (const cells of groups) {
    parquet.write({
      columnData: columns.map(({ name, type }, k) => ({
        name,
        data: type === 'integer' ? Array.from<unknown, unknown>(cells[k], toBigInt) : [...cells[k]],
      })),
    });
    yield taken();
  }
  parquet.finish();
  yield taken();
}

function elements({ name, type }: GroupColumn): ParquetSchema {
  const repetition_type = 'OPTIONAL' as const;
  if (type === 'number') return [{ name, type: 'DOUBLE', repetition_type }];
  if (type === 'integer') return [{ name, type: 'INT64', repetition_type }];
  if (type === 'text')
    return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }];
  return [
    { name, repetition_type, num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'DOUBLE', repetition_type: 'REQUIRED' },
  ];
}

function toBigInt(cell: unknown): bigint | null {
  return cell === null ? null : BigInt(cell as number);
}
