import { byteCursor, type ByteCursor } from '../../bytes/byte-cursor.ts';
import { checkRange, viewOf, type ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { canInflateTo, inflate, inflatedRanges } from '../../bytes/inflate.ts';
import { DTYPE_BITS, type NumericDType } from '../../numbers/dtype.ts';
import { elementCount, formatShape, isShape } from '../../numbers/shape.ts';
import { storedNumbers } from '../../tensors/stored-numbers.ts';
import { tensorFile, type StoredTensor, type TensorFile } from '../../tensors/tensor-file.ts';
import type { TensorEntry } from '../../tensors/tensor.ts';
import type { FileHead, Format, OpenOptions } from '../format.ts';

export const matFormat: Format = {
  name: 'mat',
  title: 'MATLAB',
  extensions: ['.mat'],
  recognises: (head) => headerText(head).startsWith('MATLAB ') || /\.mat$/i.test(head.source.name),
  openTensors: openMat,
  inFolders: [{ rank: 8, names: /\.mat$/i }],
  reads:
    'version 5 (`save -v6`, `save -v7`, scipy.io.savemat): double, single and integer arrays, plain or compressed, either byte order',
  refuses:
    'version 7.3 (HDF5) and version 4; complex, sparse, logical and char arrays; cells and structs, with all that they hold',
};

/*
 * MAT-files of version 5. Source: MathWorks, "MAT-File Format", R2023b, section "Level 5 MAT-File Format". A header of
 * 128 bytes is followed by data elements: a tag (type and size) and data, padded to 8 bytes. A variable is a miMATRIX element
 * made of elements for flags, sizes, name and numbers; miCOMPRESSED holds one miMATRIX as a zlib stream.
 */

const HEADER_BYTES = 128;
const MI_INT32 = 5;
const MI_UINT32 = 6;
const MI_MATRIX = 14;
const MI_COMPRESSED = 15;
/** Types of names: miINT8, miUINT8 and miUTF8. */
const TEXT_TYPES: ReadonlySet<number> = new Set([1, 2, 16]);
/** The longest flags, sizes or name that are believed, in bytes; MATLAB allows names of 63 characters. */
const LONGEST_PART = 1024;
const MOST_AXES = 64;
/** Flags of an array. */
const LOGICAL = 0x200;
const COMPLEX = 0x800;

/** Types of stored numbers; integral doubles are often stored as short integers, and read as such. */
const STORED: Readonly<Record<number, NumericDType>> = {
  1: 'I8',
  2: 'U8',
  3: 'I16',
  4: 'U16',
  5: 'I32',
  6: 'U32',
  7: 'F32',
  9: 'F64',
  12: 'I64',
  13: 'U64',
};

/** Classes of numeric arrays: double, single, int8 to uint64. */
const FIRST_NUMERIC = 6;
const LAST_NUMERIC = 15;
const OPAQUE = 17;
/** Classes of arrays that are only listed, and what to do about it. */
const OTHERS: Readonly<Record<number, readonly [name: string, remedy: string]>> = {
  1: ['cell', 'save the arrays in it as variables of their own'],
  2: ['struct', 'save its fields as variables, with save -struct'],
  3: ['object', 'save its arrays as variables of their own'],
  4: ['char', 'save an array of numbers'],
  5: ['sparse', 'save full(x) instead'],
  16: ['function', 'save an array of numbers'],
  [OPAQUE]: ['object', 'save its arrays as variables of their own'],
};

/** Place of one top-level element. */
interface Element {
  /** Offset of its tag in the file. */
  readonly at: number;
  readonly isCompressed: boolean;
  readonly offset: number;
  readonly length: number;
}

/** Type and place of the numbers of a variable. */
interface StoredNumbers {
  readonly dtype: NumericDType;
  readonly offset: number;
  readonly length: number;
}

/** The description of a variable, read without its numbers. */
interface Variable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Place of the numbers; null if they are not read. */
  readonly numbers: StoredNumbers | null;
  /** Reason why the numbers are not read, with the fix; empty if they are. */
  readonly refusal: string;
}

/**
 * Opens a MAT-file of version 5. Each numeric array is a tensor in Fortran order; other variables are listed.
 *
 * Rejects with FormatError if the file is damaged or of another version.
 */
async function openMat(head: FileHead, options: OpenOptions): Promise<TensorFile> {
  const { source } = head;
  const littleEndian = byteOrder(head);
  const tensors = new Map<string, StoredTensor>();
  let at = HEADER_BYTES;
  while (at < source.size) {
    // oxlint-disable-next-line no-await-in-loop -- the size of an element gives the place of the next
    const element = await readElement(source, at, littleEndian);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const tensor = await storedVariable(source, element, littleEndian, options.spool);
    const { name } = tensor.entry;
    // Writers add nameless data of their own.
    if (tensors.has(name) && name !== '') {
      throw new FormatError(source.name, `two variables are called ${quote(name)}; clear one`);
    }
    if (name !== '') tensors.set(name, tensor);
    const end = element.offset + element.length;
    at = element.isCompressed ? end : Math.ceil(end / 8) * 8;
  }
  return tensorFile(source, 'mat', [...tensors.values()]);
}

function headerText({ start }: FileHead): string {
  return new TextDecoder('latin1').decode(start.subarray(0, 116));
}

/** Returns whether the file is little-endian. @throws FormatError if its version is not 5. */
function byteOrder(head: FileHead): boolean {
  const { source, start } = head;
  const mark = new TextDecoder('latin1').decode(start.subarray(126, HEADER_BYTES));
  const littleEndian = mark === 'IM';
  const version = (littleEndian || mark === 'MI') && viewOf(start).getUint16(124, littleEndian);
  // A zero among the first four bytes marks version 4, whatever follows (section "Level 4 MAT-File Format").
  const isOldest = start.subarray(0, 4).includes(0);
  if (version === 0x100 && !isOldest) return littleEndian;
  const isHdf5 = version === 0x200 || headerText(head).startsWith('MATLAB 7.3');
  throw new FormatError(
    source.name,
    isHdf5
      ? "is a MAT-file of version 7.3, which is not read; save it with save('file.mat', '-v7')"
      : "is not a MAT-file of version 5, or it is damaged; save it with save('file.mat', '-v7')",
  );
}

async function readElement(
  source: ByteSource,
  at: number,
  littleEndian: boolean,
): Promise<Element> {
  const tag = viewOf(await source.read(at, Math.min(8, source.size - at)));
  if (tag.byteLength < 8) {
    throw new FormatError(source.name, `ends within the tag at byte ${at}; the file is truncated`);
  }
  const type = tag.getUint32(0, littleEndian);
  const length = tag.getUint32(4, littleEndian);
  if (type !== MI_MATRIX && type !== MI_COMPRESSED) {
    throw new FormatError(
      source.name,
      `byte ${at}: type ${type} is not that of a variable; the file is damaged`,
    );
  }
  checkRange(source, at + 8, length);
  return { at, isCompressed: type === MI_COMPRESSED, offset: at + 8, length };
}

/** Describes the variable in an element and prepares its reader. */
async function storedVariable(
  source: ByteSource,
  element: Element,
  littleEndian: boolean,
  spool: OpenOptions['spool'],
): Promise<StoredTensor> {
  const { isCompressed, offset, length } = element;
  const content = isCompressed
    ? await inflated(source, element, littleEndian)
    : { source, offset, length };
  const variable = await readVariable(content.source, content.offset, content.length, littleEndian);
  const { name, shape, dtype, numbers, refusal } = variable;
  const entry: TensorEntry = {
    name,
    dtype,
    shape,
    readable: numbers !== null,
    byteOffset: isCompressed || numbers === null ? offset : numbers.offset,
    byteLength: isCompressed || numbers === null ? length : numbers.length,
  };
  return {
    entry,
    open: async () => {
      if (numbers === null) {
        throw new FormatError(source.name, `variable ${quote(name)} ${refusal}`);
      }
      // A stream of its own, so that those of a listing need not stay open.
      const opened = isCompressed ? (await inflated(source, element, littleEndian)).source : source;
      const stored = isCompressed && spool ? await spool(opened) : opened;
      const layout = {
        dtype: numbers.dtype,
        offset: numbers.offset,
        littleEndian,
        order: 'F' as const,
        subject: `variable ${quote(name)}: `,
      };
      return storedNumbers(stored, entry, layout);
    },
  };
}

/** A compressed variable as a source of its own; its size is read from the tag inside. */
async function inflated(
  source: ByteSource,
  { at, offset, length }: Element,
  littleEndian: boolean,
): Promise<{ source: ByteSource; offset: number; length: number }> {
  const name = `${source.name}: compressed variable at byte ${at}`;
  const range = { offset, length, format: 'deflate' as const };
  let start = new Uint8Array(0);
  for await (const piece of inflate(source, range, name)) {
    const joined = new Uint8Array(start.length + piece.length);
    joined.set(start);
    joined.set(piece, start.length);
    start = joined;
    if (start.length >= 8) break;
  }
  const tag = viewOf(start);
  if (start.length < 8 || tag.getUint32(0, littleEndian) !== MI_MATRIX) {
    throw new FormatError(name, 'does not hold a matrix; the file is damaged');
  }
  const size = 8 + tag.getUint32(4, littleEndian);
  if (!canInflateTo(size, length)) {
    throw new FormatError(
      name,
      `claims ${size} bytes from ${length} compressed bytes, which is impossible; the file is damaged or a bomb`,
    );
  }
  const readRange = inflatedRanges(source, range, size, name);
  let last: Promise<unknown> = Promise.resolve();
  const read: ByteSource['read'] = async (from, count) => {
    checkRange({ name, size }, from, count);
    // One at a time: the stream has one position.
    const result = last.then(() => readRange(from, count));
    last = result.catch(() => undefined);
    return result;
  };
  return { source: { name, size, read }, offset: 8, length: size - 8 };
}

/** Reads flags, sizes, name and the place of the numbers of one variable. */
async function readVariable(
  source: ByteSource,
  offset: number,
  length: number,
  littleEndian: boolean,
): Promise<Variable> {
  // The cursor cannot leave the element.
  const element = { ...source, size: offset + length };
  const cursor = byteCursor(element, offset, littleEndian);
  const fail: Fail = (problem) => {
    throw new FormatError(source.name, `${problem}; the file is damaged`);
  };
  const flagsTag = await readTag(cursor, fail);
  if (flagsTag.type !== MI_UINT32 || flagsTag.length !== 8) {
    fail('a variable begins without its flags');
  }
  const flags = cursor.uint32();
  cursor.uint32();
  const kind = flags & 0xff;
  const shape = kind === OPAQUE ? [] : await readShape(cursor, fail);
  const nameTag = await readTag(cursor, fail);
  if (!TEXT_TYPES.has(nameTag.type)) fail('a variable has no name');
  const name = new TextDecoder().decode(cursor.bytes(nameTag.length));
  cursor.skip(nameTag.padding);
  const refusal = refusalOf(kind, flags);
  if (refusal !== null)
    return { name, shape, dtype: refusal[0], numbers: null, refusal: refusal[1] };
  if (kind < FIRST_NUMERIC || kind > LAST_NUMERIC) {
    return fail(`variable ${quote(name)} has the unknown class ${kind}`);
  }
  const { type, length: bytes } = await readTag(cursor, fail, Infinity);
  const stored = STORED[type];
  const begin = cursor.position();
  const needed = ((elementCount(shape) ?? NaN) * (DTYPE_BITS[stored] ?? NaN)) / 8;
  if (needed !== bytes || begin + bytes > element.size) {
    return fail(
      `variable ${quote(name)}: shape ${formatShape(shape)} does not fit ${bytes} bytes of type ${type}`,
    );
  }
  const numbers = { dtype: stored, offset: begin, length: bytes };
  return { name, shape, dtype: stored, numbers, refusal: '' };
}

type Fail = (problem: string) => never;

/** The type by which a variable is listed that is not read, and the reason with the fix; null if it is read. */
function refusalOf(kind: number, flags: number): readonly [dtype: string, refusal: string] | null {
  const other = OTHERS[kind];
  if (other !== undefined) {
    return [other[0], `is a ${other[0]} array, which is not read; ${other[1]}`];
  }
  if ((flags & LOGICAL) !== 0) return ['BOOL', 'holds booleans; save double(x) instead'];
  if ((flags & COMPLEX) === 0) return null;
  return ['complex', 'holds complex numbers; save real(x) and imag(x) instead'];
}

async function readShape(cursor: ByteCursor, fail: Fail): Promise<number[]> {
  const { type, length, padding } = await readTag(cursor, fail);
  if (type !== MI_INT32 || length % 4 !== 0 || length > 4 * MOST_AXES) {
    fail('a variable has no sizes');
  }
  const shape = Array.from({ length: length / 4 }, () => cursor.uint32() | 0);
  cursor.skip(padding);
  if (!isShape(shape) || elementCount(shape) === undefined) {
    fail(`shape ${formatShape(shape)} is impossible`);
  }
  return shape;
}

/**
 * Reads the tag of the next element of a variable and makes its data available to the cursor, unless `longest` is infinite:
 * the numbers are read later. Data of at most 4 bytes are stored within the tag.
 */
async function readTag(
  cursor: ByteCursor,
  fail: Fail,
  longest = LONGEST_PART,
): Promise<{ readonly type: number; readonly length: number; readonly padding: number }> {
  await cursor.need(8);
  const word = cursor.uint32();
  const small = word >>> 16;
  if (small > 4) fail(`a tag holds ${small} bytes, more than the 4 that fit`);
  if (small > 0) return { type: word & 0xffff, length: small, padding: 4 - small };
  const length = cursor.uint32();
  const padding = (8 - (length % 8)) % 8;
  if (length > longest) fail(`the flags, sizes or name of a variable have ${length} bytes`);
  if (Number.isFinite(longest)) await cursor.need(length + padding);
  return { type: word, length, padding };
}
