import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { messageFields, peeking, type MessageField, type Peek } from './protobuf-fields.ts';

/** Place of the elements of an initialiser. */
export interface OnnxData {
  /** `raw`: little-endian elements; the others name the field of TensorProto that holds protobuf numbers. */
  readonly kind: 'raw' | 'float' | 'double' | 'int32' | 'int64' | 'uint64' | 'text';
  readonly begin: number;
  readonly end: number;
}

/** An initialiser of a model. */
export interface OnnxInitialiser {
  readonly name: string;
  readonly dims: readonly number[];
  /** Number of its type in TensorProto.DataType. */
  readonly type: number;
  /** Its data in this file; several runs if the writer split them. */
  readonly data: readonly OnnxData[];
  /** Place of its data in another file: location, offset, length; null if they are in this one. */
  readonly external: Readonly<Record<string, string>> | null;
}

/** A DequantizeLinear node: names of its inputs and output, and its attributes. */
export interface OnnxDequantise {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly axis: number;
  readonly blockSize: number;
  /** Why the node cannot be one of the operator; null if it can. */
  readonly problem: string | null;
}

/** Attributes and largest number of inputs of DequantizeLinear-25. */
const ATTRIBUTES = new Set(['axis', 'block_size', 'output_dtype']);
const MOST_INPUTS = 3;

export interface OnnxModel {
  readonly initialisers: readonly OnnxInitialiser[];
  /** Tensors of Constant nodes, under the names of the outputs. */
  readonly constants: readonly OnnxInitialiser[];
  readonly dequantised: readonly OnnxDequantise[];
  /** The producer and the metadata of the model. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Longest string read, in bytes; names and paths are shorter. */
const LONGEST_TEXT = 1 << 16;
const DATA_KINDS: Readonly<Record<number, OnnxData['kind']>> = {
  4: 'float',
  5: 'int32',
  6: 'text',
  7: 'int64',
  9: 'raw',
  10: 'double',
  11: 'uint64',
};

/**
 * Reads the initialisers, Constant and DequantizeLinear nodes of an ONNX model. Only the heads of fields are read, not
 * the weights.
 *
 * Source: onnx.proto of ONNX 1.23, messages ModelProto (fields 2, 3, 7, 14), GraphProto (1, 5), NodeProto,
 * AttributeProto (1, 3, 5) and TensorProto.
 * Rejects with FormatError if the file is damaged.
 */
export async function readOnnxModel(source: ByteSource): Promise<OnnxModel> {
  const peek = peeking(source);
  const initialisers: OnnxInitialiser[] = [];
  const constants: OnnxInitialiser[] = [];
  const dequantised: OnnxDequantise[] = [];
  const metadata: [string, string][] = [];
  for await (const field of messageFields(source, peek, 0, source.size)) {
    if (field.number === 2) metadata.push(['producer', await text(source, peek, field)]);
    if (field.number === 3) metadata.push(['producer version', await text(source, peek, field)]);
    if (field.number === 14) metadata.push(await pair(source, peek, field));
    if (field.number !== 7) continue;
    expectMessage(source, field);
    for await (const inner of messageFields(source, peek, field.begin, field.end)) {
      if (inner.number === 1) {
        const node = await nodeOf(source, peek, inner);
        if (node?.operator === 'Constant') constants.push(...node.values);
        else if (node !== null) dequantised.push(node);
      }
      if (inner.number === 5) initialisers.push(await initialiser(source, peek, inner));
    }
  }
  return { initialisers, constants, dequantised, metadata: Object.fromEntries(metadata) };
}

async function initialiser(
  source: ByteSource,
  peek: Peek,
  message: MessageField,
): Promise<OnnxInitialiser> {
  expectMessage(source, message);
  let name = '';
  let type = 0;
  let isExternal = false;
  const dims: number[] = [];
  const data: OnnxData[] = [];
  const external: [string, string][] = [];
  for await (const field of messageFields(source, peek, message.begin, message.end)) {
    const { number, begin, end } = field;
    if (number === 1) dims.push(...(await integers(source, peek, field)));
    else if (number === 2) type = await oneInteger(source, peek, field);
    else if (number === 8) name = await text(source, peek, field);
    else if (number === 13) external.push(await pair(source, peek, field));
    else if (number === 14) isExternal = (await oneInteger(source, peek, field)) === 1;
    const kind = DATA_KINDS[number];
    if (kind === 'raw' || kind === 'text') expectBytes(source, field, 'a run of bytes');
    if (kind !== undefined && data.length < 2) data.push({ kind, begin, end });
  }
  return { name, dims, type, data, external: isExternal ? Object.fromEntries(external) : null };
}

type OnnxNode =
  | ({ readonly operator: 'DequantizeLinear' } & OnnxDequantise)
  | { readonly operator: 'Constant'; readonly values: readonly OnnxInitialiser[] };

/** Reads a node that makes weights; returns null for any other. */
async function nodeOf(
  source: ByteSource,
  peek: Peek,
  message: MessageField,
): Promise<OnnxNode | null> {
  expectMessage(source, message);
  const inputs: MessageField[] = [];
  const attributes: MessageField[] = [];
  let outputField: MessageField | undefined;
  let operator = '';
  for await (const field of messageFields(source, peek, message.begin, message.end)) {
    if (field.number === 1 && inputs.length <= MOST_INPUTS) inputs.push(field);
    if (field.number === 5 && attributes.length < 8) attributes.push(field);
    if (field.number === 2) outputField ??= field;
    if (field.number === 4 && field.end - field.begin <= 32) {
      operator = await text(source, peek, field);
    }
  }
  if (outputField === undefined) return null;
  if (operator !== 'DequantizeLinear' && operator !== 'Constant') return null;
  const output = await text(source, peek, outputField);
  const integersByName = new Map<string, number>();
  const values: OnnxInitialiser[] = [];
  for (const field of attributes) {
    // oxlint-disable-next-line no-await-in-loop -- they are stored one after the other
    const { name, integer, tensor } = await attribute(source, peek, field);
    integersByName.set(name, integer);
    if (operator !== 'Constant' || name !== 'value' || tensor === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- as above
    values.push({ ...(await initialiser(source, peek, tensor)), name: output });
  }
  if (operator === 'Constant') return { operator, values };
  const names: string[] = [];
  for (const input of inputs) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    names.push(await text(source, peek, input));
  }
  return {
    operator,
    inputs: names,
    output,
    axis: integersByName.get('axis') ?? 1,
    blockSize: integersByName.get('block_size') ?? 0,
    problem: problemOf(names, [...integersByName.keys()]),
  };
}

/** Says why a node cannot be of the operator DequantizeLinear: what it has beside the known may change its values. */
function problemOf(inputs: readonly string[], attributes: readonly string[]): string | null {
  if (inputs.length > MOST_INPUTS) return `has more than ${MOST_INPUTS} inputs`;
  const unknown = attributes.find((name) => !ATTRIBUTES.has(name));
  return unknown === undefined ? null : `has an unknown attribute ${quote(unknown)}`;
}

async function attribute(
  source: ByteSource,
  peek: Peek,
  message: MessageField,
): Promise<{ name: string; integer: number; tensor: MessageField | undefined }> {
  expectMessage(source, message);
  let name = '';
  let integer = 0;
  let tensor: MessageField | undefined;
  for await (const field of messageFields(source, peek, message.begin, message.end)) {
    if (field.number === 1) name = await text(source, peek, field);
    if (field.number === 3) integer = await oneInteger(source, peek, field);
    if (field.number === 5) tensor = field;
  }
  return { name, integer, tensor };
}

/** A StringStringEntryProto. */
async function pair(
  source: ByteSource,
  peek: Peek,
  message: MessageField,
): Promise<[string, string]> {
  expectMessage(source, message);
  let key = '';
  let value = '';
  for await (const field of messageFields(source, peek, message.begin, message.end)) {
    if (field.number === 1) key = await text(source, peek, field);
    if (field.number === 2) value = await text(source, peek, field);
  }
  return [key, value];
}

async function text(source: ByteSource, peek: Peek, field: MessageField): Promise<string> {
  expectBytes(source, field, 'a text');
  return new TextDecoder().decode(await small(source, peek, field));
}

/** Reads the integer of a field that has only one, which is not packed. */
async function oneInteger(source: ByteSource, peek: Peek, field: MessageField): Promise<number> {
  if (field.wireType !== WireType.Varint) throw noInteger(source, field);
  return (await integers(source, peek, field))[0] ?? 0;
}

/** Reads the integers of one field, packed or single. */
async function integers(source: ByteSource, peek: Peek, field: MessageField): Promise<number[]> {
  if (field.wireType !== WireType.Varint && field.wireType !== WireType.LengthDelimited)
    throw noInteger(source, field);
  const bytes = await small(source, peek, field);
  try {
    const reader = new BinaryReader(bytes);
    const values: number[] = [];
    while (reader.pos < bytes.length) values.push(Number(reader.int64()));
    return values;
  } catch (cause) {
    throw noInteger(source, field, cause);
  }
}

function noInteger({ name }: ByteSource, { begin }: MessageField, cause?: unknown): FormatError {
  return new FormatError(name, `has no integer at byte ${begin}; the file is damaged`, { cause });
}

async function small(source: ByteSource, peek: Peek, field: MessageField): Promise<Uint8Array> {
  const length = field.end - field.begin;
  if (length <= LONGEST_TEXT) return peek(field.begin, length);
  throw new FormatError(
    source.name,
    `a name at byte ${field.begin} has ${length} bytes; the file is damaged`,
  );
}

function expectMessage(source: ByteSource, field: MessageField): void {
  expectBytes(source, field, 'a message');
}

function expectBytes(
  source: ByteSource,
  { number, wireType, begin }: MessageField,
  what: string,
): void {
  if (wireType === WireType.LengthDelimited) return;
  throw new FormatError(
    source.name,
    `field ${quote(String(number))} at byte ${begin} is not ${what}; the file is damaged, or not an ONNX model`,
  );
}
