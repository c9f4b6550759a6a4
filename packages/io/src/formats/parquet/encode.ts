import { schemaFromColumnData, type ColumnSource } from 'hyparquet-writer';
import { concatBytes } from '../../bytes/concat-bytes.ts';
import { checkColumns, type WrittenColumn } from '../../tables/written-column.ts';
import { openWriter } from './open-writer.ts';

/** Rows per group, which takes a few megabytes to encode. */
const GROUP_ROWS = 65_536;

/**
 * Encodes a Parquet file in pieces of one group of 65 536 rows: doubles, floats and 32-bit integers uncompressed, text
 * compressed by snappy. No value is null; NaN stays NaN.
 *
 * @param columns columns of the same length.
 * @param metadata key-value metadata of the file.
 * @returns the pieces of the file.
 * @throws RangeError if there is no column, columns differ in length, or a name is empty or duplicate.
 * @example
 * ```js
 * import { parquetPieces } from 'polysem/io';
 * [...parquetPieces([{ name: 'x', values: Float64Array.of(1) }])].length; // 2
 * ```
 */
export function* parquetPieces(
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const rows = checkColumns('encodeParquet', columns);
  const { parquet, taken } = openWriter(
    schemaFromColumnData({ columnData: columns.map((column) => part(column, 0, 0)) }),
    metadata,
  );
  for (let first = 0; first < rows; first += GROUP_ROWS) {
    const last = Math.min(rows, first + GROUP_ROWS);
    // One page per group; to split it, the writer would inspect the size of every value.
    parquet.write({
      columnData: columns.map((column) => part(column, first, last)),
      rowGroupSize: GROUP_ROWS,
      pageSize: 0,
    });
    yield taken();
  }
  parquet.finish();
  yield taken();
}

/**
 * Encodes a Parquet file at once. Format and errors are those of `parquetPieces`.
 *
 * @param columns columns of the same length.
 * @param metadata key-value metadata of the file.
 * @returns the bytes of the file.
 * @throws RangeError as `parquetPieces` does.
 * @example
 * ```js
 * import { bytesSource, encodeParquet, readTable } from 'polysem/io';
 * const bytes = encodeParquet([{ name: 'x', values: Float64Array.of(1, 2) }]);
 * (await readTable(bytesSource('x.parquet', bytes))).rows; // 2
 * ```
 */
export function encodeParquet(
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return concatBytes(parquetPieces(columns, metadata));
}

function part({ name, values }: WrittenColumn, first: number, last: number): ColumnSource {
  // Minima and maxima do not help readers of a table that is read whole.
  const common = { name, nullable: false, statistics: false };
  if (!ArrayBuffer.isView(values)) {
    return { ...common, type: 'STRING', data: values.slice(first, last) };
  }
  const data = values.subarray(first, last);
  const type =
    data instanceof Float64Array ? 'DOUBLE' : data instanceof Float32Array ? 'FLOAT' : 'INT32';
  return { ...common, type, data, codec: 'UNCOMPRESSED', encoding: 'PLAIN' };
}
