import {
  ByteWriter,
  ParquetWriter,
  schemaFromColumnData,
  type ColumnSource,
} from 'hyparquet-writer';
import { concatBytes } from '../../bytes/concat-bytes.ts';
import { checkColumns, type WrittenColumn } from '../../tables/written-column.ts';

/** Small enough that what is encoded at a time takes a few megabytes. */
const GROUP_ROWS = 65_536;

/**
 * The bytes of a Parquet file, piece by piece, a piece being a group of 65 536 rows: doubles, floats and 32-bit integers
 * as they are, texts compressed by snappy. No value is missing; NaN stays NaN. `metadata` become its key-value metadata.
 *
 * @throws RangeError if there is no column, columns differ in length, or a name is empty or taken.
 */
export function* parquetPieces(
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const rows = checkColumns('encodeParquet', columns);
  const writer = new ByteWriter();
  const taken = (): Uint8Array => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  const parquet = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: columns.map((column) => part(column, 0, 0)) }),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: 'polysem',
  });
  for (let first = 0; first < rows; first += GROUP_ROWS) {
    const last = Math.min(rows, first + GROUP_ROWS);
    // One page a group; to cut it, every value's size would be looked at.
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

/** The bytes of a Parquet file, all at once. Errors and format as of `parquetPieces`. */
export function encodeParquet(
  columns: readonly WrittenColumn[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return concatBytes(parquetPieces(columns, metadata));
}

function part({ name, values }: WrittenColumn, first: number, last: number): ColumnSource {
  // Bounds of texts or noise help no reader of a table that is read whole.
  const common = { name, nullable: false, statistics: false };
  if (!ArrayBuffer.isView(values)) {
    return { ...common, type: 'STRING', data: values.slice(first, last) };
  }
  const data = values.subarray(first, last);
  const type =
    data instanceof Float64Array ? 'DOUBLE' : data instanceof Float32Array ? 'FLOAT' : 'INT32';
  return { ...common, type, data, codec: 'UNCOMPRESSED', encoding: 'PLAIN' };
}
