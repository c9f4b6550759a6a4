import type { ByteSource } from '../bytes/byte-source.ts';
import type { TensorEntry } from './tensor.ts';
import { checkElements, type TensorReader } from './tensor-reader.ts';

/** Reads 4-bit integers, two per byte with the first in the lower half, in any ranges. */
export function nibbleNumbers(
  source: ByteSource,
  entry: TensorEntry,
  offset: number,
  isSigned: boolean,
): TensorReader {
  const sign = isSigned ? 8 : 0;
  return {
    entry,
    precision: 'float32',
    order: 'C',
    read: async (first, count) => {
      checkElements(entry, first, count);
      const begin = Math.floor(first / 2);
      const bytes = await source.read(offset + begin, Math.ceil((first + count) / 2) - begin);
      return Float32Array.from({ length: count }, (_, i) => {
        const at = first + i;
        const nibble = (bytes[Math.floor(at / 2) - begin] >> (4 * (at % 2))) & 15;
        return (nibble ^ sign) - sign;
      });
    },
  };
}
