import { fortranToC } from './axis-order.ts';
import { viewOf, type ByteSource } from './byte-source.ts';
import { FormatError, quote } from './format-error.ts';
import { NPY_MAGIC, readNpyHeader, type NpyHeader } from './npy-header.ts';
import { decodeNumbers, encodeNumbers } from './numbers.ts';
import { elementCount, formatShape, isShape } from './shape.ts';
import { stem } from './stem.ts';
import { tensorFile, type NumericArray, type Tensor, type TensorFile } from './tensor.ts';

/**
 * Opens an npy file, which holds one array; the tensor bears the file's name without folder and `.npy`.
 *
 * Rejects with FormatError if the file is not a sound npy file.
 */
export async function openNpy(source: ByteSource): Promise<TensorFile> {
  const header = await readNpyHeader(source);
  const name = stem(source.name, /\.npy$/i);
  const entry = {
    name,
    dtype: header.dtype.name,
    shape: header.shape,
    readable: header.dtype.numeric !== undefined,
    byteOffset: header.dataOffset,
    byteLength: source.size - header.dataOffset,
  };
  return tensorFile(source, 'npy', [{ entry, read: () => readNpyData(source, header, name) }]);
}

/**
 * Reads the array of an npy file whose header is known, in C order, as a tensor called `name`.
 *
 * Rejects with FormatError if the elements are not numbers, or are integers that a double cannot hold.
 */
export async function readNpyData(
  source: ByteSource,
  header: NpyHeader,
  name: string,
): Promise<Tensor> {
  const { dtype, shape, dataOffset, fortranOrder } = header;
  if (dtype.numeric === undefined) {
    throw new FormatError(source.name, `dtype ${quote(dtype.name)} holds ${dtype.refusal}`);
  }
  const bytes = await source.read(dataOffset, source.size - dataOffset);
  const stored = decodeNumbers(dtype.numeric.dtype, bytes, dtype.numeric.littleEndian);
  const unsafe = /^[IU]64$/.test(dtype.name) && findUnsafe(stored);
  if (unsafe) throw new FormatError(source.name, unsafe);
  const data = fortranOrder && shape.length > 1 ? fortranToC(stored, shape) : stored;
  return { name, shape, dtype: dtype.numeric.dtype, data };
}

/**
 * The bytes of an npy file, version 1.0, little-endian C order: `<f8` for a Float64Array, `<f4` for a
 * Float32Array. The header is padded so that the data begin at a multiple of 64 bytes.
 *
 * @throws RangeError if the data do not fit the shape.
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

function findUnsafe(data: Float64Array | Float32Array): string | undefined {
  const at = data.findIndex((value) => !Number.isSafeInteger(value));
  return at < 0
    ? undefined
    : `element ${at} is an integer near ${data[at]}, beyond 2^53, that a double cannot hold exactly`;
}
