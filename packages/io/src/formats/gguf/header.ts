import { byteCursor, type ByteCursor } from '../../bytes/byte-cursor.ts';
import { viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';

/*
 * A header reader of our own: @huggingface/gguf 0.4.6 pads what it fetches with zeros to 2 MB and reads those too, so that
 * a file of 1 kB that claims nine million tensors takes 327 MB, and one cut in its metadata is read as a sound one.
 */

/** What a GGUF file says of one tensor. */
export interface GgufTensor {
  readonly name: string;
  /** The sizes of its axes as ggml has them, the contiguous one first. */
  readonly dims: readonly number[];
  /** The number of its type in ggml's list. */
  readonly type: number;
  /** Where its data begin, from the beginning of the file. */
  readonly offset: number;
}

export interface GgufHeader {
  readonly littleEndian: boolean;
  /** The metadata that are single values, as text. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly GgufTensor[];
}

/** `GGUF`, with which every such file begins. */
export const GGUF_MAGIC: Uint8Array = Uint8Array.of(0x47, 0x47, 0x55, 0x46);

const STRING = 8;
const ARRAY = 9;
/** Bytes of a metadata value, by its type; strings and arrays say how long they are. */
const VALUE_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, NaN, NaN, 8, 8, 8];
const ALIGNMENT_KEY = 'general.alignment';
/** Arrays of arrays are nobody's; more of them than this are an attack. */
const DEEPEST = 4;
/** ggml has four axes. */
const MOST_AXES = 8;
/** A name may have 64 bytes, a key 65535. */
const LONGEST_NAME = 0xffff;
/** Longer texts, as templates of a chat are, are passed over. */
const LONGEST_TEXT = 1024;

/**
 * Reads the header of a GGUF file, version 2 or 3, of either byte order, through a window; no data are read.
 *
 * Source: docs/gguf.md of ggml.
 * Rejects with FormatError if it is damaged.
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  if (source.size < 24) {
    throw new FormatError(source.name, `has ${source.size} bytes; the file is truncated`);
  }
  const version = viewOf(await source.read(4, 4));
  // The upper half of a version is never used, so that it shows the byte order.
  const littleEndian = version.getUint16(0, true) !== 0;
  const number = version.getUint32(0, littleEndian);
  if (number !== 2 && number !== 3) {
    throw new FormatError(
      source.name,
      `is GGUF of version ${number}, not 2 or 3; convert it with a current llama.cpp`,
    );
  }
  const cursor = byteCursor(source, 8, littleEndian);
  await cursor.need(16);
  const tensorCount = cursor.uint64();
  const valueCount = cursor.uint64();
  const { metadata, alignment } = await readMetadata(source, cursor, valueCount);
  const tensors = await readTensorInfos(source, cursor, tensorCount);
  const dataOffset = Math.ceil(cursor.position() / alignment) * alignment;
  return {
    littleEndian,
    metadata,
    tensors: tensors.map(({ name, dims, type, offset }) => {
      return { name, dims, type, offset: dataOffset + offset };
    }),
  };
}

async function readMetadata(
  source: ByteSource,
  cursor: ByteCursor,
  count: number,
): Promise<{ metadata: Record<string, string>; alignment: number }> {
  const entries: [string, string][] = [];
  let alignment = 32;
  for (let i = 0; i < count; i++) {
    // oxlint-disable-next-line no-await-in-loop -- one field after the other
    const key = await readName(source, cursor, 'key of the metadata');
    // oxlint-disable-next-line no-await-in-loop -- as above
    await cursor.need(4);
    const type = cursor.uint32();
    // oxlint-disable-next-line no-await-in-loop -- as above
    const value = await readValue(source, cursor, type, key);
    if (value !== undefined) entries.push([key, value]);
    if (key !== ALIGNMENT_KEY) continue;
    alignment = Number(value);
    if (!(alignment >= 1 && alignment <= 2 ** 20 && Number.isInteger(Math.log2(alignment)))) {
      throw new FormatError(source.name, `${key} is ${quote(String(value))}, not a power of 2`);
    }
  }
  return { metadata: Object.fromEntries(entries), alignment };
}

async function readTensorInfos(
  source: ByteSource,
  cursor: ByteCursor,
  count: number,
): Promise<GgufTensor[]> {
  const tensors = new Map<string, GgufTensor>();
  for (let i = 0; i < count; i++) {
    // oxlint-disable-next-line no-await-in-loop -- one field after the other
    const name = await readName(source, cursor, 'name of a tensor');
    // oxlint-disable-next-line no-await-in-loop -- as above
    await cursor.need(4);
    const axes = cursor.uint32();
    if (axes > MOST_AXES) {
      throw new FormatError(source.name, `tensor ${quote(name)}: has ${axes} axes; it is damaged`);
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await cursor.need(8 * axes + 12);
    const dims = Array.from({ length: axes }, () => cursor.uint64());
    const type = cursor.uint32();
    const offset = cursor.uint64();
    if (tensors.has(name)) {
      throw new FormatError(source.name, `two tensors are called ${quote(name)}; it is damaged`);
    }
    tensors.set(name, { name, dims, type, offset });
  }
  return [...tensors.values()];
}

async function readName(source: ByteSource, cursor: ByteCursor, what: string): Promise<string> {
  await cursor.need(8);
  const length = cursor.uint64();
  if (length > LONGEST_NAME) {
    throw new FormatError(source.name, `a ${what} has ${length} bytes; the file is damaged`);
  }
  await cursor.need(length);
  return new TextDecoder().decode(cursor.bytes(length));
}

/** A single value as text; undefined for arrays and long texts, which are passed over. */
async function readValue(
  source: ByteSource,
  cursor: ByteCursor,
  type: number,
  key: string,
): Promise<string | undefined> {
  if (type === STRING) {
    await cursor.need(8);
    const length = cursor.uint64();
    if (length > LONGEST_TEXT) {
      cursor.skip(length);
      return undefined;
    }
    await cursor.need(length);
    return new TextDecoder().decode(cursor.bytes(length));
  }
  if (type === ARRAY) {
    await skipArray(source, cursor, key, 1);
    return undefined;
  }
  const size = VALUE_BYTES[type];
  if (size === undefined) return refuseType(source, type, key);
  await cursor.need(size);
  return scalar(type, cursor, size);
}

function scalar(type: number, cursor: ByteCursor, size: number): string {
  const littleEndian = cursor.littleEndian;
  const view = cursor.view(size);
  const value = [
    () => view.getUint8(0),
    () => view.getInt8(0),
    () => view.getUint16(0, littleEndian),
    () => view.getInt16(0, littleEndian),
    () => view.getUint32(0, littleEndian),
    () => view.getInt32(0, littleEndian),
    () => view.getFloat32(0, littleEndian),
    () => view.getUint8(0) !== 0,
    () => '',
    () => '',
    () => view.getBigUint64(0, littleEndian),
    () => view.getBigInt64(0, littleEndian),
    () => view.getFloat64(0, littleEndian),
  ][type];
  return String(value());
}

async function skipArray(
  source: ByteSource,
  cursor: ByteCursor,
  key: string,
  depth: number,
): Promise<void> {
  if (depth > DEEPEST) {
    throw new FormatError(
      source.name,
      `metadata ${quote(key)}: arrays nested too deep; it is damaged`,
    );
  }
  await cursor.need(12);
  const type = cursor.uint32();
  const count = cursor.uint64();
  const size = VALUE_BYTES[type];
  if (size === undefined) return refuseType(source, type, key);
  if (size > 0) {
    cursor.skip(count * size);
    return;
  }
  for (let i = 0; i < count; i++) {
    if (type === ARRAY) {
      // oxlint-disable-next-line no-await-in-loop -- one field after the other
      await skipArray(source, cursor, key, depth + 1);
      continue;
    }
    const filled = cursor.need(8);
    // Most strings stand in the window already; a wait for each of a vocabulary's would take most of the time.
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (filled !== undefined) await filled;
    cursor.skip(cursor.uint64());
  }
}

function refuseType(source: ByteSource, type: number, key: string): never {
  throw new FormatError(
    source.name,
    `metadata ${quote(key)}: type ${type} is unknown; the file is damaged, or newer than polysem`,
  );
}
