import { byteCursor, type ByteCursor } from '../../bytes/byte-cursor.ts';
import { viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';

/*
 * polysem has its own reader because @huggingface/gguf 0.4.6 pads what it fetches with zeros to 2 MB and reads those
 * too: a 1 kB file that claims nine million tensors takes 327 MB, and a file cut in its metadata is accepted.
 */

/** A tensor in the header of a GGUF file. */
export interface GgufTensor {
  readonly name: string;
  /** Sizes of its axes in the order of ggml: the contiguous axis first. */
  readonly dims: readonly number[];
  /** Number of its type in ggml. */
  readonly type: number;
  /** Offset of its data from the start of the file. */
  readonly offset: number;
}

export interface GgufHeader {
  readonly littleEndian: boolean;
  /** Offsets of tensors are multiples of this many bytes. */
  readonly alignment: number;
  /** Single values of the metadata, as strings. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly GgufTensor[];
}

/** The first bytes of every GGUF file: `GGUF`. */
export const GGUF_MAGIC: Uint8Array = Uint8Array.of(0x47, 0x47, 0x55, 0x46);

const STRING = 8;
const ARRAY = 9;
/** Bytes per metadata value, by type; strings and arrays store their length. */
const VALUE_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, NaN, NaN, 8, 8, 8];
const ALIGNMENT_KEY = 'general.alignment';
/** No writer nests arrays; deeper nesting is an attack. */
const DEEPEST = 4;
/** ggml itself allows four axes. */
const MOST_AXES = 8;
/** A name has at most 64 bytes, a key 65535. */
const LONGEST_NAME = 0xffff;
/** Longer strings, such as chat templates, are skipped. */
const LONGEST_TEXT = 1024;

/**
 * Reads the header of a GGUF file, version 2 or 3, of either byte order, but no data.
 *
 * Source: docs/gguf.md of ggml.
 * Rejects with FormatError if it is damaged.
 */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  if (source.size < 24) {
    throw new FormatError(source.name, `has ${source.size} bytes; the file is truncated`);
  }
  const version = viewOf(await source.read(4, 4));
  // The upper half of the version is zero, which shows the byte order.
  const littleEndian = version.getUint16(0, true) !== 0;
  const number = version.getUint32(0, littleEndian);
  if (number !== 2 && number !== 3) {
    throw new FormatError(
      source.name,
      `is GGUF version ${number}, not 2 or 3; convert it with a current llama.cpp`,
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
    alignment,
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

/** Reads a single value as a string; returns undefined for arrays and long strings, which are skipped. */
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
    // Most strings are in the window already; awaiting each string of a vocabulary would dominate the time.
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (filled !== undefined) await filled;
    cursor.skip(cursor.uint64());
  }
}

function refuseType(source: ByteSource, type: number, key: string): never {
  throw new FormatError(
    source.name,
    `metadata ${quote(key)}: type ${type} is unknown; the file is damaged, or newer than this version of polysem`,
  );
}
