import type { ByteSource } from '../bytes/byte-source.ts';
import { DTYPE_BITS, type NumericDType } from '../numbers/dtype.ts';
import { FormatError, quote } from '../bytes/format-error.ts';
import { decodeNumbers, precisionOf } from '../numbers/convert.ts';
import type { TensorEntry } from './tensor.ts';
import { checkElements, type TensorReader } from './tensor-reader.ts';

/** Layout of consecutive elements in a source. */
export interface StoredLayout {
  readonly dtype: NumericDType;
  /** Offset of the first element in the source, in bytes. */
  readonly offset: number;
  /** Byte order of the elements; default little-endian. */
  readonly littleEndian?: boolean;
  /** Order of the elements; default C. */
  readonly order?: 'C' | 'F';
  /** Subject of errors after the name of the source; default `tensor "NAME": `. */
  readonly subject?: string;
}

/**
 * Reads consecutive elements in any ranges. Only the bytes requested are read.
 *
 * Reads reject with FormatError if the source does, or if a 64-bit integer is beyond 2^53.
 */
export function storedNumbers(
  source: ByteSource,
  entry: TensorEntry,
  {
    dtype,
    offset,
    littleEndian = true,
    order = 'C',
    subject = `tensor ${quote(entry.name)}: `,
  }: StoredLayout,
): TensorReader {
  const itemSize = DTYPE_BITS[dtype] / 8;
  return {
    entry,
    precision: precisionOf(dtype),
    order,
    read: async (first, count, room) => {
      checkElements(entry, first, count);
      const bytes = await source.read(offset + first * itemSize, count * itemSize);
      const numbers = decodeNumbers(dtype, bytes, littleEndian, room);
      checkSafeIntegers(source, entry, dtype, numbers, first, subject);
      return numbers;
    },
  };
}

/**
 * Checks that 64-bit integers were decoded exactly.
 *
 * @throws FormatError that names the first one beyond 2^53.
 */
// Many parameters because the name of a tensor, its type and its numbers come from different places.
export function checkSafeIntegers(
  source: ByteSource,
  { name }: TensorEntry,
  dtype: NumericDType,
  numbers: Float32Array | Float64Array,
  first: number,
  subject: string = `tensor ${quote(name)}: `,
): void {
  const isWide = dtype === 'I64' || dtype === 'U64';
  const unsafe = isWide ? numbers.findIndex((value) => !Number.isSafeInteger(value)) : -1;
  if (unsafe < 0) return;
  throw new FormatError(
    source.name,
    `${subject}element ${first + unsafe} is an integer near ${numbers[unsafe]}, beyond 2^53, which a double cannot hold exactly`,
  );
}
