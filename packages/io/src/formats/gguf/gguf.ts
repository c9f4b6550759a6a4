import type { ByteSource } from '../../bytes/byte-source.ts';
import { DTYPE_BITS, isDType, isNumericDType, type NumericDType } from '../../numbers/dtype.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { trailingBytes } from '../trailing-bytes.ts';
import { BLOCK_FORMATS, blockNumbers } from './blocks.ts';
import { startsWith, type Format } from '../format.ts';
import { GGUF_MAGIC, readGgufHeader, type GgufTensor } from './header.ts';
import { elementCount, formatShape } from '../../numbers/shape.ts';
import { storedNumbers } from '../../tensors/stored-numbers.ts';
import { tensorFile, type StoredTensor, type TensorFile } from '../../tensors/tensor-file.ts';

/** Types of ggml by number. */
const TYPES: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  7: 'Q5_1',
  8: 'Q8_0',
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  30: 'BF16',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
  40: 'NVFP4',
  41: 'Q1_0',
  42: 'Q2_0',
};

export const ggufFormat: Format = {
  name: 'gguf',
  title: 'GGUF',
  extensions: ['.gguf'],
  recognises: (head) => startsWith(head, GGUF_MAGIC),
  openTensors: ({ source }) => openGguf(source),
  inFolders: [{ rank: 6, names: /\.gguf$/i }],
  reads:
    'F64 to BF16, integers, Q1_0 to Q8_0, Q2_K to Q8_K, all IQ types, TQ1_0, TQ2_0, MXFP4, NVFP4',
  refuses: 'Q8_1',
};

/**
 * Opens a GGUF file, as llama.cpp writes it. Shapes are in C order, rows x columns as in PyTorch (ggml lists the
 * contiguous axis first). Plain types are read directly; quantised types (Q, IQ, TQ, MXFP4, NVFP4 without the scale of
 * the tensor) are dequantised to float32 exactly as ggml does; other types are listed.
 *
 * The metadata are those of the file without arrays and long strings.
 *
 * Rejects with FormatError if the header is damaged.
 */
async function openGguf(source: ByteSource): Promise<TensorFile> {
  const { tensors, metadata, littleEndian, alignment } = await readGgufHeader(source);
  const types: typeof TYPES = { ...TYPES, [Q2_0]: wideGroups(source, tensors) ? 'PQ2_0' : 'Q2_0' };
  const stored = tensors.map((tensor) =>
    storedTensor(source, tensor, types[tensor.type] ?? `type ${tensor.type}`, littleEndian),
  );
  return tensorFile(source, 'gguf', stored, metadata, trailing(source, stored, alignment));
}

/** Says that bytes follow the last tensor and its padding, which ggml ignores. */
function trailing(
  source: ByteSource,
  stored: readonly StoredTensor[],
  alignment: number,
): readonly string[] {
  if (stored.some(({ entry }) => entry.byteLength === 0 && !entry.shape.includes(0))) return [];
  const ends = stored.map(({ entry }) => entry.byteOffset + entry.byteLength);
  const end = ends.reduce((most, each) => Math.max(most, each), 0);
  if (end === 0) return [];
  const padded = Math.ceil(end / alignment) * alignment;
  const note = trailingBytes(source, padded, 'check that the download is complete and unchanged');
  return note === undefined ? [] : [note];
}

/** The type whose number stands for two layouts. */
const Q2_0 = 42;

/**
 * Returns whether tensors of type 42 have one scale per 128 elements, as in the fork of llama.cpp by PrismML that first
 * used the number, rather than one per 64 as in llama.cpp. Groups of 128 take fewer bytes, so the space up to the next
 * tensor decides.
 */
function wideGroups(source: ByteSource, tensors: readonly GgufTensor[]): boolean {
  const begins = tensors.map(({ offset }) => offset).toSorted((a, b) => a - b);
  const spaceOf = (offset: number): number =>
    (begins.find((begin) => begin > offset) ?? source.size) - offset;
  const fits = (name: string): boolean =>
    tensors
      .filter(({ type }) => type === Q2_0)
      .every(({ dims, offset }) => {
        const { elements, bytes } = BLOCK_FORMATS[name];
        const count = elementCount(dims) ?? Infinity;
        return count % elements === 0 && (count / elements) * bytes <= spaceOf(offset);
      });
  return !fits('Q2_0') && fits('PQ2_0');
}

function storedTensor(
  source: ByteSource,
  tensor: GgufTensor,
  dtype: string,
  littleEndian: boolean,
): StoredTensor {
  const { name, dims, offset } = tensor;
  const format = BLOCK_FORMATS[dtype];
  const byteLength = bytesOf(source, tensor, dtype);
  const entry = {
    name,
    dtype,
    shape: dims.toReversed(),
    readable: isPlain(dtype) || format?.decode !== undefined,
    byteOffset: offset,
    byteLength,
  };
  return {
    entry,
    open: async () => {
      if (isPlain(dtype)) return storedNumbers(source, entry, { dtype, offset, littleEndian });
      const { elements, bytes, decode } = format ?? {};
      if (elements !== undefined && bytes !== undefined && decode !== undefined) {
        return blockNumbers(source, entry, { elements, bytes, decode }, littleEndian);
      }
      throw new FormatError(
        source.name,
        `tensor ${quote(name)}: ${dtype} is not dequantised; convert the file with llama-quantize --allow-requantize to Q8_0 or F16`,
      );
    },
  };
}

function isPlain(dtype: string): dtype is NumericDType {
  return isDType(dtype) && isNumericDType(dtype);
}

/** Bytes of a tensor; 0 for an unknown type. */
function bytesOf(source: ByteSource, { name, dims, offset }: GgufTensor, dtype: string): number {
  const { elements, bytes } = isDType(dtype)
    ? { elements: 1, bytes: DTYPE_BITS[dtype] / 8 }
    : (BLOCK_FORMATS[dtype] ?? { elements: 1, bytes: 0 });
  const refuse = (problem: string): never => {
    throw new FormatError(source.name, `tensor ${quote(name)}: ${problem}`);
  };
  const shape = formatShape(dims.toReversed());
  const count = elementCount(dims);
  if (count === undefined) return refuse(`shape ${shape} is larger than any file`);
  // A block never spans two rows.
  if ((dims[0] ?? 1) % elements !== 0) {
    return refuse(
      `shape ${shape}: rows of ${dtype} must be multiples of ${elements}; the file is damaged`,
    );
  }
  const length = (count / elements) * bytes;
  if (!(offset + length <= source.size)) {
    return refuse(
      `its ${length} bytes from byte ${offset} exceed the file's ${source.size}; the file is truncated or damaged`,
    );
  }
  return length;
}
