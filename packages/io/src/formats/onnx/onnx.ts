import { DTYPE_BITS, isDType, isNumericDType, REFUSALS, type DType } from '../../numbers/dtype.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import type { Format } from '../format.ts';
import { dequantisedTensors } from './dequantise.ts';
import { readOnnxModel, type OnnxInitialiser } from './model.ts';
import { nibbleNumbers } from '../../tensors/nibble-numbers.ts';
import { protobufNumbers } from './numbers.ts';
import { elementCount, formatShape, isShape } from '../../numbers/shape.ts';
import { isInside, type SourceFolder } from '../../bytes/source-folder.ts';
import { storedNumbers } from '../../tensors/stored-numbers.ts';
import type { TensorReader } from '../../tensors/tensor-reader.ts';
import { tensorFile, type StoredTensor, type TensorFile } from '../../tensors/tensor-file.ts';
import type { TensorEntry } from '../../tensors/tensor.ts';

export const onnxFormat: Format = {
  name: 'onnx',
  title: 'ONNX',
  extensions: ['.onnx'],
  recognises: ({ source, start }) => isOnnx(source, start.subarray(0, 8)),
  openTensors: ({ source }, options) => openOnnx(source, options),
  inFolders: [{ rank: 7, names: /\.onnx$/i }],
  reads:
    'initialisers; constants with two axes or more; external data; 4-bit integers; outputs of DequantizeLinear with scales per tensor, axis or block',
  refuses: 'weights in subgraphs, F4, strings',
};

/** Types by their number in TensorProto.DataType. */
const TYPES: Readonly<Record<number, DType>> = {
  1: 'F32',
  2: 'U8',
  3: 'I8',
  4: 'U16',
  5: 'I16',
  6: 'I32',
  7: 'I64',
  9: 'BOOL',
  10: 'F16',
  11: 'F64',
  12: 'U32',
  13: 'U64',
  14: 'C64',
  16: 'BF16',
  17: 'F8_E4M3',
  18: 'F8_E4M3FNUZ',
  19: 'F8_E5M2',
  20: 'F8_E5M2FNUZ',
  24: 'F8_E8M0',
};
/** 4-bit integers, two per byte. */
const NIBBLES: Readonly<Record<number, 'U4' | 'I4'>> = { 21: 'U4', 22: 'I4' };
const OTHER_TYPES: Readonly<Record<number, string>> = {
  8: 'strings',
  15: 'C128',
  23: 'F4_E2M1',
};
/** Tags that may follow the version of a model: producer, domain, strings, graph, operator sets. */
const SECOND_TAGS = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]);

/** Recognises an ONNX model by its name or its first fields, since the format has no signature. */
function isOnnx(source: ByteSource, start: Uint8Array): boolean {
  if (/\.onnx$/i.test(source.name)) return true;
  // The version is the first field. As a safetensors file, these bytes would be the length of the header.
  const length = start.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return start[0] === 8 && start[1] < 64 && SECOND_TAGS.has(start[2]) && length > source.size;
}

/**
 * Opens the initialisers of an ONNX model, in the file itself or in other files of its folder, which need the option
 * `folder`. Weights are read by ranges, so a model may have any size.
 *
 * Tensors of Constant nodes with at least two axes are listed under the names of the outputs; smaller ones are mostly
 * shapes and numbers for arithmetic.
 *
 * An initialiser or constant that a DequantizeLinear node takes is listed twice: its integers under its own name, and
 * the dequantised (x - zero point) * scale in float32 under the name of the output.
 *
 * Weights in subgraphs and functions are not listed.
 *
 * Rejects with FormatError if the file is damaged or has no weights.
 */
async function openOnnx(
  source: ByteSource,
  { folder }: { readonly folder?: SourceFolder } = {},
): Promise<TensorFile> {
  const { initialisers, constants, dequantised, metadata } = await readOnnxModel(source);
  if (initialisers.length + constants.length === 0) {
    throw new FormatError(
      source.name,
      'holds no initialiser and no constant; it is not an ONNX model, or has no weights',
    );
  }
  const openExternal = externalFiles(source, folder);
  const tensors = new Map<string, StoredTensor>();
  for (const stored of [...initialisers, ...constants]) {
    if (tensors.has(stored.name)) {
      const twice = quote(stored.name);
      throw new FormatError(source.name, `two tensors are called ${twice}; it is damaged`);
    }
    tensors.set(stored.name, storedTensor(source, stored, openExternal));
  }
  const made = dequantisedTensors(source, tensors, dequantised);
  const small = new Set(constants.filter(({ dims }) => dims.length < 2).map(({ name }) => name));
  const listed = [...tensors.values()].filter(({ entry }) => !small.has(entry.name));
  return tensorFile(source, 'onnx', [...listed, ...made], metadata);
}

type OpenExternal = (location: string) => Promise<ByteSource>;

/** Opens the files with external data, each once. */
function externalFiles(source: ByteSource, folder: SourceFolder | undefined): OpenExternal {
  const opened = new Map<string, Promise<ByteSource>>();
  const open = async (location: string): Promise<ByteSource> => {
    if (!isInside(location)) {
      throw new FormatError(
        source.name,
        `names ${quote(location)} as the file of its data, which is outside of its folder; the file is damaged or hostile`,
      );
    }
    const found = await folder?.open(location);
    if (found !== undefined) return found;
    const problem =
      folder === undefined
        ? 'open the folder with both files'
        : 'which is missing; put it into the folder of the model';
    throw new FormatError(source.name, `has its data in the file ${quote(location)}; ${problem}`);
  };
  return (location) => {
    const found = opened.get(location) ?? open(location);
    opened.set(location, found);
    return found;
  };
}

function storedTensor(
  source: ByteSource,
  initialiser: OnnxInitialiser,
  openExternal: OpenExternal,
): StoredTensor {
  const { name, dims, type, data, external } = initialiser;
  const nibbles = NIBBLES[type];
  const dtype = TYPES[type] ?? nibbles ?? OTHER_TYPES[type] ?? `type ${type}`;
  const refusal = refusalOf(initialiser, dtype);
  const fail = (problem: string): never => {
    throw new FormatError(source.name, `tensor ${quote(name)}: ${problem}`);
  };
  const count = elementCount(dims);
  if (!isShape(dims) || count === undefined)
    return fail(`shape ${formatShape(dims)} is impossible; the file is damaged`);
  const [run] = external === null ? data : [];
  const entry: TensorEntry = {
    name,
    dtype,
    shape: dims,
    readable: refusal === null,
    byteOffset: run?.begin ?? 0,
    byteLength: run === undefined ? 0 : run.end - run.begin,
  };
  return {
    entry,
    open: async () => {
      const isNumeric = isDType(dtype) && isNumericDType(dtype);
      if (refusal !== null || !(nibbles !== undefined || isNumeric)) return fail(String(refusal));
      const needed = isNumeric ? (count * DTYPE_BITS[dtype]) / 8 : Math.ceil(count / 2);
      const numbers = (from: ByteSource, offset: number): TensorReader =>
        isNumeric
          ? storedNumbers(from, entry, { dtype, offset })
          : nibbleNumbers(from, entry, offset, nibbles === 'I4');
      if (external !== null) {
        const file = await openExternal(external.location ?? '');
        const offset = Number(external.offset ?? 0);
        const length = Number(external.length ?? needed);
        const sound = isShape([offset, length]) && offset + length <= file.size;
        if (!sound || length !== needed) {
          return fail(
            `shape ${formatShape(dims)} of ${dtype} needs ${needed} bytes, which ${file.name} does not have at offset ${quote(external.offset ?? '0')}; one of the files is damaged`,
          );
        }
        return numbers(file, offset);
      }
      if (run !== undefined && run.kind !== 'raw') {
        if (isNumeric) return protobufNumbers(source, entry, dtype, run);
        return fail(`${dtype} is read as raw data only; save the model again with onnx.save`);
      }
      if (entry.byteLength !== needed) {
        fail(
          `shape ${formatShape(dims)} of ${dtype} needs ${needed} bytes, it has ${entry.byteLength}; the file is damaged`,
        );
      }
      return numbers(source, entry.byteOffset);
    },
  };
}

/** Says why an initialiser cannot be read, and the fix, as far as its header shows; null if it can. */
function refusalOf({ data, type }: OnnxInitialiser, dtype: string): string | null {
  const isNibbles = NIBBLES[type] !== undefined;
  if (!isNibbles && !isDType(dtype))
    return `holds ${dtype}, which is not read; convert it to float32`;
  if (isDType(dtype) && !isNumericDType(dtype)) return `dtype ${dtype} holds ${REFUSALS[dtype]}`;
  return data.length > 1
    ? 'has its data in several parts; load the model and save it again with onnx.save'
    : null;
}
