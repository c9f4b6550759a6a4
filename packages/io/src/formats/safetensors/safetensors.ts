import { viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { isDType, isNumericDType, REFUSALS } from '../../numbers/dtype.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { encodeNumbers } from '../../numbers/convert.ts';
import type { Format } from '../format.ts';
import { readSafetensorsHeader, type SafetensorsEntry } from './header.ts';
import { elementCount, formatShape, isShape } from '../../numbers/shape.ts';
import { storedNumbers } from '../../tensors/stored-numbers.ts';
import {
  tensorFile,
  unreadableTensor,
  type StoredTensor,
  type TensorFile,
} from '../../tensors/tensor-file.ts';
import type { NumericArray } from '../../tensors/tensor.ts';

export const safetensorsFormat: Format = {
  name: 'safetensors',
  title: 'safetensors',
  extensions: ['.safetensors'],
  // The header is a JSON object after 8 bytes with its length.
  recognises: ({ start }) => start[8] === 0x7b,
  openTensors: ({ source }) => openSafetensors(source),
  isShard: true,
  inFolders: [{ rank: 1, names: /\.safetensors$/i }],
  reads: 'F64, F32, F16, BF16, the four F8 types, integers',
  refuses: 'F4, F6, F8_E8M0 (meaningless without scales), booleans, complex numbers',
};

/**
 * Opens a safetensors file. Tensors of every dtype are listed; floating-point types of 8 bits and more and integers can
 * be read, F8 without scales that may be stored with it.
 *
 * Rejects with FormatError if the header violates a rule of the format.
 */
async function openSafetensors(source: ByteSource): Promise<TensorFile> {
  const { tensors, metadata } = await readSafetensorsHeader(source);
  return tensorFile(
    source,
    'safetensors',
    tensors.map((tensor) => storedTensor(source, tensor)),
    metadata,
  );
}

function storedTensor(
  source: ByteSource,
  { name, dtype, shape, begin, end }: SafetensorsEntry,
): StoredTensor {
  if (!isDType(dtype)) {
    const bytes = { byteOffset: begin, byteLength: end - begin };
    return unreadableTensor(source, { name, dtype, shape, ...bytes }, unknownType(dtype));
  }
  const readable = isNumericDType(dtype);
  const entry = { name, dtype, shape, readable, byteOffset: begin, byteLength: end - begin };
  return {
    entry,
    open: async () => {
      if (readable) return storedNumbers(source, entry, { dtype, offset: begin });
      throw new FormatError(
        source.name,
        `tensor ${quote(name)}: dtype ${dtype} is not read: it holds ${REFUSALS[dtype]}`,
      );
    },
  };
}

function unknownType(dtype: string): string {
  return dtype === ''
    ? 'its dtype is empty; save it again with its type'
    : `dtype ${quote(dtype)} is unknown; convert it to F32`;
}

/**
 * Encodes tensors as a safetensors file: F64 for a Float64Array, F32 for a Float32Array. The order of the arguments
 * does not change the bytes: F64 comes before F32, so that all are aligned, then names are sorted.
 *
 * @param tensors named arrays.
 * @param metadata strings for `__metadata__`.
 * @returns the bytes of the file.
 * @throws RangeError if data do not fit their shape, or a name is duplicate, reserved or not Unicode.
 * @example
 * ```js
 * import { bytesSource, encodeSafetensors, readTensor } from 'polysem/io';
 * const bytes = encodeSafetensors([{ name: 'W', shape: [2], data: Float32Array.of(1, 2) }]);
 * (await readTensor(bytesSource('w.safetensors', bytes), 'W')).data[1]; // 2
 * ```
 */
export function encodeSafetensors(
  tensors: readonly (NumericArray & { readonly name: string })[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = new Set(['__metadata__']);
  for (const { name, shape, data } of tensors) {
    if (names.has(name) || /\p{Cs}/u.test(name)) {
      throw new RangeError(`encodeSafetensors: ${quote(name)} is taken, reserved or not Unicode`);
    }
    names.add(name);
    if (!isShape(shape) || elementCount(shape) !== data.length) {
      throw new RangeError(
        `encodeSafetensors: ${quote(name)}: ${data.length} numbers do not fit the shape ${formatShape(shape)}`,
      );
    }
  }
  const ordered = tensors.toSorted(
    (a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || compareStrings(a.name, b.name),
  );

  const fields: [string, unknown][] = [];
  const strings = Object.entries(metadata).toSorted(([a], [b]) => compareStrings(a, b));
  if (strings.length > 0) fields.push(['__metadata__', Object.fromEntries(strings)]);
  let dataBytes = 0;
  for (const { name, shape, data } of ordered) {
    const dtype = data instanceof Float64Array ? 'F64' : 'F32';
    const dataOffsets = [dataBytes, dataBytes + data.byteLength];
    fields.push([name, { dtype, shape, data_offsets: dataOffsets }]);
    dataBytes += data.byteLength;
  }

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + dataBytes);
  viewOf(bytes).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const { data } of ordered) {
    bytes.set(encodeNumbers(data), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Compares two different strings. */
function compareStrings(a: string, b: string): number {
  return a < b ? -1 : 1;
}
