import { float8Value, type Float8DType } from './float8.ts';
import { widenF16 } from './half.ts';

/** Types that are decoded by a table. */
export type TableDType = Float8DType | 'F16';

const tables = new Map<TableDType, Uint32Array>();

/** Returns the table of float32 bits for every pattern of a type, at most 256 kB; made on first use. */
export function wideningTable(dtype: TableDType): Uint32Array {
  const known = tables.get(dtype);
  if (known !== undefined) return known;
  // Stored as bits: a float register could change the payload of a NaN.
  const table =
    dtype === 'F16'
      ? Uint32Array.from({ length: 65536 }, (_, half) => widenF16(half))
      : new Uint32Array(
          Float32Array.from({ length: 256 }, (_, byte) => float8Value(dtype, byte)).buffer,
        );
  tables.set(dtype, table);
  return table;
}
