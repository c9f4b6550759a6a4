import { viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { startsWith, type Format } from '../format.ts';
import { dataBytes, NPY_MAGIC, readNpyHeader, trailingNpy, type NpyHeader } from './header.ts';
import { encodeNumbers } from '../../numbers/convert.ts';
import { elementCount, formatShape, isShape } from '../../numbers/shape.ts';
import { stem } from '../../bytes/stem.ts';
import { storedNumbers } from '../../tensors/stored-numbers.ts';
import type { TensorReader } from '../../tensors/tensor-reader.ts';
import { tensorFile, type TensorFile } from '../../tensors/tensor-file.ts';
import type { NumericArray, TensorEntry } from '../../tensors/tensor.ts';

export const npyFormat: Format = {
  name: 'npy',
  title: 'npy',
  extensions: ['.npy'],
  recognises: (head) => startsWith(head, NPY_MAGIC),
  openTensors: ({ source }) => openNpy(source),
  inFolders: [{ rank: 3, names: /\.npy$/i }],
  reads: 'floats of 16 to 64 bits, integers; either byte order, C and Fortran order',
  refuses: 'objects, strings, complex numbers, records',
};

/**
 * Opens an npy file, which holds one array. The tensor has the name of the file without folder and `.npy`.
 *
 * Rejects with FormatError if the file is damaged.
 */
async function openNpy(source: ByteSource): Promise<TensorFile> {
  const header = await readNpyHeader(source);
  const name = stem(source.name, /\.npy$/i);
  const entry = {
    name,
    dtype: header.dtype.name,
    shape: header.shape,
    readable: header.dtype.numeric !== undefined,
    byteOffset: header.dataOffset,
    byteLength: dataBytes(source, header),
  };
  const tensor = { entry, open: async () => npyNumbers(source, header, entry) };
  const note = trailingNpy(source, header);
  return tensorFile(source, 'npy', [tensor], {}, note === undefined ? [] : [note]);
}

/**
 * Makes the reader of an npy file whose header is known.
 *
 * @param entry the description under which the array is listed.
 * @throws FormatError if the elements are not numbers.
 */
export function npyNumbers(
  source: ByteSource,
  { dtype, dataOffset, fortranOrder }: NpyHeader,
  entry: TensorEntry,
): TensorReader {
  if (dtype.numeric === undefined) {
    throw new FormatError(source.name, `dtype ${quote(dtype.name)} holds ${dtype.refusal}`);
  }
  return storedNumbers(source, entry, {
    dtype: dtype.numeric.dtype,
    offset: dataOffset,
    littleEndian: dtype.numeric.littleEndian,
    order: fortranOrder ? 'F' : 'C',
    // The name of the file says it already.
    subject: '',
  });
}

/**
 * Encodes an array as an npy file, version 1.0, little-endian, C order: `<f8` for a Float64Array, `<f4` for a
 * Float32Array. The data begin at a multiple of 64 bytes.
 *
 * @param array the numbers and their shape.
 * @returns the bytes of the file.
 * @throws RangeError if the data do not fit the shape.
 * @example
 * ```js
 * import { encodeNpy } from 'polysem/io';
 * encodeNpy({ shape: [2], data: Float32Array.of(1, 2) }).length; // 136
 * ```
 */
export function encodeNpy({ shape, data }: NumericArray): Uint8Array {
  if (!isShape(shape) || elementCount(shape) !== data.length || shape.length > 64) {
    throw new RangeError(
      `encodeNpy: ${data.length} numbers do not fit the shape ${formatShape(shape)}`,
    );
  }
  const descr = data instanceof Float64Array ? '<f8' : '<f4';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const dataOffset = Math.ceil((NPY_MAGIC.length + 4 + dict.length + 1) / 64) * 64;
  const text = `${dict.padEnd(dataOffset - NPY_MAGIC.length - 5)}\n`;

  const bytes = new Uint8Array(dataOffset + data.byteLength);
  bytes.set(NPY_MAGIC);
  bytes[6] = 1;
  viewOf(bytes).setUint16(8, text.length, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes.set(encodeNumbers(data), dataOffset);
  return bytes;
}
