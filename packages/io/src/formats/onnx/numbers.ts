import { BinaryReader } from '@bufbuild/protobuf/wire';
import { bytesSource, type ByteSource } from '../../bytes/byte-source.ts';
import { DTYPE_BITS, type NumericDType } from '../../numbers/dtype.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import type { OnnxData } from './model.ts';
import { elementCount, formatShape } from '../../numbers/shape.ts';
import { storedNumbers } from '../../tensors/stored-numbers.ts';
import type { TensorEntry } from '../../tensors/tensor.ts';
import type { TensorReader } from '../../tensors/tensor-reader.ts';

/**
 * Largest field of integers decoded, in bytes. Protobuf integers vary in length, so the whole field is decoded at once;
 * writers store large tensors raw.
 */
const LONGEST = 1 << 28;

/**
 * Reads elements stored as packed protobuf numbers in a typed field of a TensorProto. Floats and doubles are read by
 * ranges; integers, which also carry the bits of short floats, are decoded as a whole when opened.
 *
 * Rejects with FormatError if the count does not fit the shape or the field does not fit the type.
 */
export async function protobufNumbers(
  source: ByteSource,
  entry: TensorEntry,
  dtype: NumericDType,
  { kind, begin, end }: OnnxData,
): Promise<TensorReader> {
  const fail = (problem: string): never => {
    throw new FormatError(source.name, `tensor ${quote(entry.name)}: ${problem}`);
  };
  const count = elementCount(entry.shape) ?? 0;
  const shape = formatShape(entry.shape);
  if ((kind === 'float' && dtype === 'F32') || (kind === 'double' && dtype === 'F64')) {
    const found = ((end - begin) * 8) / DTYPE_BITS[dtype];
    if (found !== count) fail(`shape ${shape} does not fit ${found} numbers; the file is damaged`);
    return storedNumbers(source, entry, { dtype, offset: begin });
  }
  if (kind !== fieldOf(dtype))
    fail(`${dtype} cannot be stored as ${kind}_data; the file is damaged`);
  if (end - begin > LONGEST) {
    fail(`has ${end - begin} bytes of ${kind}_data; save the model again with onnx.save`);
  }
  // Each integer takes at least one byte, so the shape cannot make the result larger than the file allows.
  if (count > end - begin) fail(`shape ${shape} does not fit its data; the file is damaged`);
  const packed = await source.read(begin, end - begin);
  const bytes =
    elementBytes(packed, count, DTYPE_BITS[dtype] / 8) ??
    fail(`shape ${shape} does not fit its data; the file is damaged`);
  return storedNumbers(bytesSource(source.name, bytes), entry, { dtype, offset: 0 });
}

/** The field of TensorProto that holds the elements of a type that is not stored raw. */
function fieldOf(dtype: NumericDType): OnnxData['kind'] {
  if (dtype === 'F32') return 'float';
  if (dtype === 'F64') return 'double';
  if (dtype === 'I64') return 'int64';
  return dtype === 'U32' || dtype === 'U64' ? 'uint64' : 'int32';
}

/**
 * Decodes `count` integers to their low bytes, little-endian; returns null if the count differs or they are damaged.
 */
function elementBytes(packed: Uint8Array, count: number, itemSize: number): Uint8Array | null {
  const out = new DataView(new ArrayBuffer(count * itemSize));
  const reader = new BinaryReader(packed);
  try {
    for (let at = 0; at < out.byteLength; at += itemSize) {
      const value = BigInt(reader.int64());
      if (itemSize === 1) out.setUint8(at, Number(value & 0xffn));
      else if (itemSize === 2) out.setUint16(at, Number(value & 0xffffn), true);
      else if (itemSize === 4) out.setUint32(at, Number(value & 0xffffffffn), true);
      else out.setBigUint64(at, value, true);
    }
  } catch {
    return null;
  }
  return reader.pos === packed.length ? new Uint8Array(out.buffer) : null;
}
