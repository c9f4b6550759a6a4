import { viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { DTYPE_BITS, isDType } from '../../numbers/dtype.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { isRecord, parseJsonObject } from '../../bytes/json-object.ts';
import { elementCount, formatShape, isShape } from '../../numbers/shape.ts';

/** A tensor in the header of a safetensors file. */
export interface SafetensorsEntry {
  readonly name: string;
  /** A DType, or another name, which may be empty. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Offsets of its first byte and behind its last, from the start of the file. */
  readonly begin: number;
  readonly end: number;
}

/** The header of a safetensors file; tensors in the order of their bytes. */
export interface SafetensorsHeader {
  readonly tensors: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

// MAX_HEADER_SIZE of the reference implementation.
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads and checks the header of a safetensors file, but no tensor.
 *
 * Every tensor must have bytes within the file and, unless its dtype is unknown, a shape that fits them; together they
 * must cover the data without overlap or gap. Keys must be unique.
 *
 * Source: https://github.com/huggingface/safetensors, README, "Format".
 * Rejects with FormatError that names the field that violates a rule.
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const start = await source.read(0, Math.min(9, source.size));
  const length = Number(viewOf(start).getBigUint64(0, true));
  const room = Math.min(source.size - 8, MAX_HEADER_BYTES);
  if (length > room || length < 2) {
    throw new FormatError(source.name, describeBadLength(length, room));
  }
  const header = parseJsonObject(source, await source.read(8, length), 'the header');
  const { __metadata__: metadata, ...tensors } = header;
  const dataOffset = 8 + length;
  const entries = Object.entries(tensors).map(([name, info]) =>
    parseEntry(source, name, info, dataOffset),
  );
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end || (a.name < b.name ? -1 : 1));
  checkCoverage(source, entries, dataOffset);
  return { tensors: entries, metadata: parseMetadata(source, metadata) };
}

function describeBadLength(length: number, room: number): string {
  if (length < 2) return `header length ${length} is too short`;
  return room < MAX_HEADER_BYTES
    ? `header length ${length} exceeds the file's remaining ${room} bytes; the file is truncated or damaged`
    : `header length ${length} exceeds the ${MAX_HEADER_BYTES} bytes allowed`;
}

function parseMetadata(source: ByteSource, value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new FormatError(source.name, '__metadata__ is not an object');
  const wrong = Object.entries(value).find(([, text]) => typeof text !== 'string');
  if (wrong) throw new FormatError(source.name, `__metadata__: ${quote(wrong[0])} is not a string`);
  return value as Record<string, string>;
}

function parseEntry(
  source: ByteSource,
  name: string,
  info: unknown,
  dataOffset: number,
): SafetensorsEntry {
  const fail = (problem: string): never => {
    throw new FormatError(source.name, `tensor ${quote(name)}: ${problem}`);
  };
  if (!isRecord(info)) return fail('its description is not an object');
  const { dtype, shape, data_offsets: offsets } = info;
  if (typeof dtype !== 'string') return fail('dtype is missing or not a string');
  if (!isShape(shape)) return fail(`shape ${show(shape)} is not a list of non-negative integers`);
  if (!isShape(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail(`data_offsets ${show(offsets)} are not a begin and an end`);
  }
  const [begin, end] = offsets;
  const dataBytes = source.size - dataOffset;
  if (end > dataBytes) {
    return fail(
      `data_offsets [${begin}, ${end}] end beyond the file's ${dataBytes} data bytes; ` +
        'the file is truncated or damaged',
    );
  }
  if (!isDType(dtype))
    return { name, dtype, shape, begin: dataOffset + begin, end: dataOffset + end };
  const bits = (elementCount(shape) ?? Infinity) * DTYPE_BITS[dtype];
  if (!Number.isSafeInteger(bits)) {
    return fail(`shape ${formatShape(shape)} is larger than any file`);
  }
  if (bits !== (end - begin) * 8) {
    return fail(
      `shape ${formatShape(shape)} of ${dtype} needs ${bits / 8} bytes, ` +
        `data_offsets [${begin}, ${end}] hold ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin: dataOffset + begin, end: dataOffset + end };
}

function checkCoverage(
  source: ByteSource,
  entries: readonly SafetensorsEntry[],
  dataOffset: number,
): void {
  let covered = dataOffset;
  let previous = '';
  for (const { name, begin, end } of entries) {
    if (begin < covered) {
      throw new FormatError(
        source.name,
        `tensor ${quote(name)}: its bytes overlap those of ${quote(previous)}`,
      );
    }
    if (begin > covered) {
      throw new FormatError(
        source.name,
        `tensor ${quote(name)}: ${begin - covered} bytes before it belong to no tensor`,
      );
    }
    covered = end;
    previous = name;
  }
  if (covered < source.size) {
    throw new FormatError(
      source.name,
      `the last ${source.size - covered} bytes belong to no tensor; the file is damaged, or head -c ${covered} cuts them off`,
    );
  }
}

function show(value: unknown): string {
  const json = JSON.stringify(value) ?? 'missing';
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
