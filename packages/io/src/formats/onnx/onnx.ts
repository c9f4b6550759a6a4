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
import {
  tensorFile,
  type StoredTensor,
  type TensorEntry,
  type TensorFile,
} from '../../tensors/tensor.ts';

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

/** TensorProto.DataType. */
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
/** Integers of four bits, two of them in a byte. */
const NIBBLES: Readonly<Record<number, 'U4' | 'I4'>> = { 21: 'U4', 22: 'I4' };
const OTHER_TYPES: Readonly<Record<number, string>> = {
  8: 'strings',
  15: 'C128',
  23: 'F4_E2M1',
};
/** The tags that may follow the version in a model: producer, domain, texts, graph, opsets. */
const SECOND_TAGS = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]);

/** Whether a file is an ONNX model: by its name, for the format has no mark, or by its first fields. */
function isOnnx(source: ByteSource, start: Uint8Array): boolean {
  if (/\.onnx$/i.test(source.name)) return true;
  // The version comes first. To safetensors these bytes are the length of the header.
  const length = start.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return start[0] === 8 && start[1] < 64 && SECOND_TAGS.has(start[2]) && length > source.size;
}

/**
 * Opens the initialisers of an ONNX model, in the file itself or in the files beside it that it names, which need a
 * `folder`. Weights are read by ranges, whatever the size of the model.
 *
 * Tensors of Constant nodes are listed too, under the names of the nodes' outputs, if they have two axes or more: the
 * others are mostly shapes and numbers of the arithmetic between.
 *
 * An initialiser or constant that a DequantizeLinear node takes is listed twice: with its integers under its own name, and
 * with what they stand for, (x - zero point) * scale in float32, under the name of the node's output.
 *
 * Weights in subgraphs and in functions are not listed.
 *
 * Rejects with FormatError if the file is damaged, or has no weights.
 */
async function openOnnx(
  source: ByteSource,
  { folder }: { readonly folder?: SourceFolder } = {},
): Promise<TensorFile> {
  const { initialisers, constants, dequantised, metadata } = await readOnnxModel(source);
  if (initialisers.length + constants.length === 0) {
    throw new FormatError(
      source.name,
      'holds no initialiser and no constant; it is no ONNX model, or has no weights',
    );
  }
  const beside = besides(source, folder);
  const tensors = new Map<string, StoredTensor>();
  for (const stored of [...initialisers, ...constants]) {
    if (tensors.has(stored.name)) {
      const twice = quote(stored.name);
      throw new FormatError(source.name, `two tensors are called ${twice}; it is damaged`);
    }
    tensors.set(stored.name, storedTensor(source, stored, beside));
  }
  const made = dequantisedTensors(source, tensors, dequantised);
  const small = new Set(constants.filter(({ dims }) => dims.length < 2).map(({ name }) => name));
  const listed = [...tensors.values()].filter(({ entry }) => !small.has(entry.name));
  return tensorFile(source, 'onnx', [...listed, ...made], metadata);
}

type Beside = (location: string) => Promise<ByteSource>;

/** Opens the files with external data, each once. */
function besides(source: ByteSource, folder: SourceFolder | undefined): Beside {
  const opened = new Map<string, Promise<ByteSource>>();
  const open = async (location: string): Promise<ByteSource> => {
    if (!isInside(location)) {
      throw new FormatError(
        source.name,
        `names ${quote(location)} for its data, which leads out of its folder; it is damaged or hostile`,
      );
    }
    const found = await folder?.open(location);
    if (found !== undefined) return found;
    const problem =
      folder === undefined
        ? 'give the folder of both'
        : 'which is not there; put it beside the model';
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
  beside: Beside,
): StoredTensor {
  const { name, dims, type, data, external } = initialiser;
  const nibbles = NIBBLES[type];
  const dtype = TYPES[type] ?? nibbles ?? OTHER_TYPES[type] ?? `type ${type}`;
  const refusal = refusalOf(initialiser, dtype);
  const fail = (problem: string): never => {
    throw new FormatError(source.name, `tensor ${quote(name)}: ${problem}`);
  };
  if (!isShape(dims) || elementCount(dims) === undefined) {
    fail(`shape ${formatShape(dims)} is that of no tensor; the file is damaged`);
  }
  const count = elementCount(dims) ?? 0;
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
        const file = await beside(external.location ?? '');
        const offset = Number(external.offset ?? 0);
        const length = Number(external.length ?? needed);
        const sound = isShape([offset, length]) && offset + length <= file.size;
        if (!sound || length !== needed) {
          return fail(
            `shape ${formatShape(dims)} of ${dtype} needs ${needed} bytes, those from ${quote(external.offset ?? '0')} on of ${file.name} are not; one of the files is damaged`,
          );
        }
        return numbers(file, offset);
      }
      if (run !== undefined && run.kind !== 'raw') {
        if (isNumeric) return protobufNumbers(source, entry, dtype, run);
        return fail(`${dtype} are read as raw data only; save the model again with onnx.save`);
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

/** Why the numbers of an initialiser cannot be read, with the fix, as far as can be told without reading; or null. */
function refusalOf({ data, type }: OnnxInitialiser, dtype: string): string | null {
  const isNibbles = NIBBLES[type] !== undefined;
  if (!isNibbles && !isDType(dtype))
    return `holds ${dtype}, which are not read; convert it to float32`;
  if (isDType(dtype) && !isNumericDType(dtype)) return `dtype ${dtype} holds ${REFUSALS[dtype]}`;
  return data.length > 1
    ? 'has its data in several pieces; load the model and save it again with onnx.save'
    : null;
}
