import type { ByteSource } from '../bytes/byte-source.ts';
import { DTYPE_BITS, type NumericDType } from '../numbers/dtype.ts';
import { FormatError, quote } from '../bytes/format-error.ts';
import { decodeNumbers, precisionOf } from '../numbers/convert.ts';
import type { TensorEntry } from './tensor.ts';
import { checkElements, type TensorReader } from './tensor-reader.ts';

/** How the elements of a tensor lie in a source: one after the other, each as it is. */
export interface StoredLayout {
  readonly dtype: NumericDType;
  /** Where in the source the first element begins, in bytes. */
  readonly offset: number;
  /** The order of each element's bytes; little-endian if not given. */
  readonly littleEndian?: boolean;
  /** The order of the elements: C if not given. */
  readonly order?: 'C' | 'F';
  /** How an error calls the tensor after the source's name; `tensor "NAME": ` if not given. */
  readonly subject?: string;
}

/**
 * Reads elements that are stored plainly in a source, in any portions; only the bytes asked for are read.
 *
 * Reads reject with FormatError if the source does, or if an integer of 64 bits is beyond those a double holds exactly.
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

/** Checks that integers of 64 bits are those that were stored. @throws FormatError naming the first that is not. */
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
    `${subject}element ${first + unsafe} is an integer near ${numbers[unsafe]}, beyond 2^53, that a double cannot hold exactly`,
  );
}
