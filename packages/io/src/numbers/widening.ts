import { float8Value, type Float8DType } from './float8.ts';
import { widenF16 } from './half.ts';

/** A type of 8 or 16 bits whose numbers are looked up. */
export type TableDType = Float8DType | 'F16';

const tables = new Map<TableDType, Uint32Array>();

/** The bits of the float32 that each pattern of a type stands for; made when first asked for, at most 256 kB. */
export function wideningTable(dtype: TableDType): Uint32Array {
  const known = tables.get(dtype);
  if (known !== undefined) return known;
  // Bits, not numbers: a number on its way through a float register could lose a NaN's payload.
  const table =
    dtype === 'F16'
      ? Uint32Array.from({ length: 65536 }, (_, half) => widenF16(half))
      : new Uint32Array(
          Float32Array.from({ length: 256 }, (_, byte) => float8Value(dtype, byte)).buffer,
        );
  tables.set(dtype, table);
  return table;
}
