import { viewOf } from '../../bytes/byte-source.ts';
import { decodeNumbers } from '../../numbers/convert.ts';
import type { NumericDType } from '../../numbers/dtype.ts';
import type { ParquetColumn, StoredType } from './metadata.ts';
import { decodeRuns, isPadding } from './runs.ts';
import { textOf } from './thrift.ts';

/** Values that are present: numbers, or texts. */
export type Values = Float64Array | string[];

/** Bytes of a plain value; a text takes at least 4. */
const PLAIN_BYTES: Readonly<Record<StoredType, number>> = {
  BOOLEAN: 1 / 8,
  INT32: 4,
  INT64: 8,
  INT96: 12,
  FLOAT: 4,
  DOUBLE: 8,
  BYTE_ARRAY: 4,
  FIXED_LEN_BYTE_ARRAY: 2,
};

/** Decodes `count` plain values. @throws RangeError if there are not that many, or one is out of range. */
export function decodePlain(bytes: Uint8Array, count: number, column: ParquetColumn): Values {
  const { type = 'DOUBLE' } = column;
  const size = PLAIN_BYTES[type];
  if (Math.ceil(count * size) > bytes.length)
    throw new RangeError(`a page has fewer than ${count} values`);
  if (type === 'BYTE_ARRAY') return decodeTexts(bytes, count);
  const end = Math.ceil(count * size);
  if (!isPadding(bytes, end)) throw new RangeError(`a page has more than ${count} values`);
  if (type === 'BOOLEAN')
    return Float64Array.from({ length: count }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1);
  // A copy, because values need not begin at a multiple of their size.
  const values = decodeNumbers(dtypeOf(column), bytes.slice(0, end), true);
  return checkRange(values instanceof Float64Array ? values : Float64Array.from(values), column);
}

function decodeTexts(bytes: Uint8Array, count: number): string[] {
  const view = viewOf(bytes);
  const texts: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw new RangeError(`a page has fewer than ${count} values`);
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) throw new RangeError('a text goes on beyond its page');
    texts.push(textOf(bytes.subarray(at + 4, end)));
    at = end;
  }
  if (!isPadding(bytes, at)) throw new RangeError(`a page has more than ${count} values`);
  return texts;
}

/** Decodes values whose bytes are split: all first bytes, then all second bytes, and so on. */
export function decodeSplit(bytes: Uint8Array, count: number, column: ParquetColumn): Values {
  const { type = 'DOUBLE' } = column;
  const size = PLAIN_BYTES[type];
  if (size < 2 || type === 'BYTE_ARRAY')
    throw new RangeError('uses an encoding that its type cannot have');
  if (bytes.length < count * size || !isPadding(bytes, count * size))
    throw new RangeError(`a page has not ${count} values`);
  const plain = new Uint8Array(count * size);
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < size; j++) plain[row * size + j] = bytes[j * count + row];
  }
  return decodePlain(plain, count, column);
}

/** Decodes indices into a dictionary: their width, then runs. */
export function decodeIndices(bytes: Uint8Array, count: number, dictionary: Values): Values {
  const [width] = bytes;
  if (!(width <= 32)) throw new RangeError('indices have more than 32 bits');
  // All indices are 0; some writers leave their runs out.
  const indices =
    width === 0 && bytes.length === 1
      ? checkedZeros(count, dictionary.length)
      : decodeRuns(bytes.subarray(1), width, count, dictionary.length);
  if (dictionary instanceof Float64Array)
    return Float64Array.from(indices, (index) => dictionary[index]);
  return Array.from(indices, (index) => dictionary[index]);
}

function checkedZeros(count: number, values: number): Uint32Array {
  if (values === 0) throw new RangeError('an index exceeds an empty dictionary');
  return new Uint32Array(count);
}

function dtypeOf({ type, kind }: ParquetColumn): NumericDType {
  if (type === 'DOUBLE') return 'F64';
  if (type === 'FLOAT') return 'F32';
  if (kind?.name === 'half') return 'F16';
  const sign = kind?.name === 'integer' && !kind.signed ? 'U' : 'I';
  return type === 'INT64' ? `${sign}64` : `${sign}32`;
}

/** Checks that integers have no more bits than their type, and are exact as doubles. */
function checkRange(values: Float64Array, { kind }: ParquetColumn): Float64Array {
  if (kind?.name !== 'integer') return values;
  const { bits, signed } = kind;
  const least = Math.max(signed ? -(2 ** (bits - 1)) : 0, Number.MIN_SAFE_INTEGER);
  const most = Math.min(2 ** (signed ? bits - 1 : bits) - 1, Number.MAX_SAFE_INTEGER);
  const bad = values.find((value) => value < least || value > most);
  if (bad === undefined) return values;
  throw new RangeError(
    bits === 64
      ? `has an integer near ${bad}, beyond 2^53`
      : `has an integer of ${bad}, beyond its ${bits} bits`,
  );
}
