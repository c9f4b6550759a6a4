import { viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { npyDType, type NpyDType } from './dtype.ts';
import { parsePythonLiteral, type PythonValue } from './python-literal.ts';
import { trailingBytes } from '../trailing-bytes.ts';
import { elementCount, formatShape, isShape } from '../../numbers/shape.ts';

/** The first bytes of every npy file: `\x93NUMPY`. */
export const NPY_MAGIC: Uint8Array = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** The header of an npy file. */
export interface NpyHeader {
  readonly dtype: NpyDType;
  readonly shape: readonly number[];
  /** True if the first axis is contiguous rather than the last. */
  readonly fortranOrder: boolean;
  /** Offset of the data in the file. */
  readonly dataOffset: number;
}

// numpy refuses headers above 10 000 bytes by default; only records need more.
const MAX_HEADER_BYTES = 1 << 20;
// NPY_MAXDIMS since numpy 2.0.
const MAX_AXES = 64;

/**
 * Reads and checks the header of an npy file, version 1.0, 2.0 or 3.0, but not the array.
 *
 * Source: the npy format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * Rejects with FormatError if the header is damaged or the file is too short for its array.
 * (The size of an array that is not numeric is not checked.)
 */
export async function readNpyHeader(source: ByteSource): Promise<NpyHeader> {
  const fail = (problem: string): never => {
    throw new FormatError(source.name, problem);
  };
  const bytes = await source.read(0, Math.min(12, source.size));
  if (NPY_MAGIC.some((byte, i) => byte !== bytes[i])) fail('is not an npy file');
  const start = viewOf(bytes);
  if (start.byteLength < 10) fail('the npy header is cut off; the file is truncated');
  const major = start.getUint8(6);
  const minor = start.getUint8(7);
  if (major < 1 || major > 3 || minor !== 0) {
    fail(`npy version ${major}.${minor} is unknown; polysem reads 1.0, 2.0 and 3.0`);
  }
  const headerOffset = major === 1 ? 10 : 12;
  if (start.byteLength < headerOffset) fail('the npy header is cut off; the file is truncated');
  const headerLength = major === 1 ? start.getUint16(8, true) : start.getUint32(8, true);
  const dataOffset = headerOffset + headerLength;
  if (dataOffset > source.size) {
    fail(
      `the npy header of ${headerLength} bytes ends beyond the file's ${source.size} bytes; ` +
        'the file is truncated or damaged',
    );
  }
  if (headerLength > MAX_HEADER_BYTES) {
    fail(`the npy header of ${headerLength} bytes is longer than the ${MAX_HEADER_BYTES} allowed`);
  }
  const text = decodeText(source, await source.read(headerOffset, headerLength), major === 3);
  const header = { ...parseHeader(source, text), dataOffset };
  checkDataSize(source, header);
  return header;
}

/** Latin-1 is decoded by hand: the decoder of that name takes some bytes for characters of Windows-1252 in some versions of Node. */
function decodeText(source: ByteSource, bytes: Uint8Array, utf8: boolean): string {
  if (!utf8) return Array.from(bytes, (byte) => String.fromCodePoint(byte)).join('');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(source.name, 'the npy header is not valid UTF-8', { cause });
  }
}

function parseHeader(source: ByteSource, text: string): Omit<NpyHeader, 'dataOffset'> {
  checkControls(source, text);
  const fields = parseDict(source, text);
  for (const key of ['descr', 'fortran_order', 'shape']) {
    if (!fields.has(key)) throw new FormatError(source.name, `the npy header lacks '${key}'`);
  }
  if (fields.size > 3) {
    const extra = [...fields.keys()].find((key) => !/^(descr|fortran_order|shape)$/.test(key));
    throw new FormatError(source.name, `the npy header has an unknown field ${quote(extra ?? '')}`);
  }
  const descr = fields.get('descr') as PythonValue;
  const dtype = npyDType(descr);
  if (dtype === undefined) {
    const shown = typeof descr === 'string' ? quote(descr) : 'not a string or list';
    throw new FormatError(source.name, `descr is ${shown}, which is not a numpy dtype`);
  }
  const fortranOrder = fields.get('fortran_order');
  if (typeof fortranOrder !== 'boolean') {
    throw new FormatError(source.name, 'fortran_order is neither True nor False');
  }
  return { dtype, shape: parseShape(source, fields.get('shape') as PythonValue), fortranOrder };
}

/** The padding has spaces, and one line feed ends it; any other control character is damage. */
function checkControls(source: ByteSource, text: string): void {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const place = Array.from(body).findIndex((letter) => letter < ' ' || letter === '\u007F');
  if (place < 0) return;
  const code = body.charCodeAt(place);
  const what = `byte ${code} at character ${place} is no text`;
  throw new FormatError(source.name, `the npy header is damaged: ${what}`);
}

function parseDict(source: ByteSource, text: string): ReadonlyMap<string, PythonValue> {
  let value: PythonValue;
  try {
    value = parsePythonLiteral(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    throw new FormatError(source.name, `the npy header is damaged: ${message}`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && value.kind === 'dict') return value.items;
  throw new FormatError(source.name, 'the npy header is not a dict');
}

function parseShape(source: ByteSource, value: PythonValue): number[] {
  if (typeof value !== 'object' || value === null || value.kind !== 'tuple') {
    throw new FormatError(source.name, 'shape is not a tuple of sizes');
  }
  const shape: unknown[] = [...value.items];
  if (shape.length > MAX_AXES) {
    throw new FormatError(
      source.name,
      `shape has ${shape.length} axes, more than numpy's ${MAX_AXES}`,
    );
  }
  if (!isShape(shape)) {
    const shown = shape.every((size) => typeof size === 'number') ? ` ${formatShape(shape)}` : '';
    throw new FormatError(
      source.name,
      `shape${shown} is not a tuple of non-negative integers below 2^53`,
    );
  }
  return shape;
}

/** Bytes of the array; all that follow the header if its type is not read. */
export function dataBytes(source: ByteSource, { dtype, shape, dataOffset }: NpyHeader): number {
  if (dtype.numeric === undefined) return source.size - dataOffset;
  return (elementCount(shape) ?? 0) * dtype.numeric.itemSize;
}

/**
 * Says that bytes follow the array, which numpy.load ignores; undefined if there are none.
 */
export function trailingNpy(source: ByteSource, header: NpyHeader): string | undefined {
  const end = header.dataOffset + dataBytes(source, header);
  return trailingBytes(
    source,
    end,
    'if several arrays were saved into it, save them with np.savez',
  );
}

function checkDataSize(source: ByteSource, { dtype, shape, dataOffset }: NpyHeader): void {
  const count = elementCount(shape);
  if (count === undefined) {
    throw new FormatError(source.name, `shape ${formatShape(shape)} is larger than any file`);
  }
  if (dtype.numeric === undefined) return;
  const needed = count * dtype.numeric.itemSize;
  const present = source.size - dataOffset;
  if (needed <= present) return;
  throw new FormatError(
    source.name,
    `shape ${formatShape(shape)} of ${dtype.name} needs ${needed} data bytes, the file has ${present}; the file is truncated or damaged`,
  );
}
