import type { ByteSource } from '../bytes/byte-source.ts';
import { tensorFile, type TensorFile } from '../tensors/tensor-file.ts';
import { checkElements, type TensorReader } from '../tensors/tensor-reader.ts';
import type { MatrixContent } from './matrix-options.ts';

/** Makes a file of one tensor of a table that was read as a matrix. */
export function matrixFile(
  source: ByteSource,
  format: TensorFile['format'],
  name: string,
  { shape, data, notes, rowNames }: MatrixContent,
): TensorFile {
  const entry = {
    name,
    dtype: 'F64',
    shape: [...shape],
    readable: true,
    byteOffset: 0,
    byteLength: source.size,
  };
  const reader: TensorReader = {
    entry,
    precision: 'float64',
    order: 'C',
    read: async (first, count) => {
      checkElements(entry, first, count);
      return data.slice(first, first + count);
    },
  };
  const file = tensorFile(source, format, [{ entry, open: async () => reader }]);
  return { ...file, notes, ...(rowNames !== undefined && { rowNames }) };
}
