import { DTYPE_BITS, type NumericDType } from '../../numbers/dtype.ts';
import type { PythonValue } from './python-literal.ts';

/** Type of the elements of an npy file. */
export interface NpyDType {
  /** Its safetensors name, or numpy's name if there is none. */
  readonly name: string;
  /** Numeric type and byte order; absent if the elements are not read. */
  readonly numeric?: {
    readonly dtype: NumericDType;
    readonly itemSize: number;
    readonly littleEndian: boolean;
  };
  /** Reason why the elements are not read, and the fix; absent if they are. */
  readonly refusal?: string;
}

const NUMERIC: Readonly<Record<string, NumericDType>> = {
  f2: 'F16',
  f4: 'F32',
  f8: 'F64',
  i1: 'I8',
  i2: 'I16',
  i4: 'I32',
  i8: 'I64',
  u1: 'U8',
  u2: 'U16',
  u4: 'U32',
  u8: 'U64',
};

const CAST = "save it with .astype('float32')";

const REFUSALS: Readonly<Record<string, string>> = {
  O: 'Python objects, stored as a pickle, which could run code and is never loaded; save an array of numbers',
  b: `booleans; ${CAST}`,
  c: 'complex numbers; save the real and the imaginary part as two arrays',
  f: `floating-point numbers of an unusual size; ${CAST}`,
  S: 'byte strings; save an array of numbers',
  U: 'strings; save an array of numbers',
  M: 'dates; save an array of numbers',
  m: 'time spans; save an array of numbers',
  V: `opaque bytes (numpy stores bfloat16 so); ${CAST}`,
};

/**
 * Interprets the `descr` of an npy header, such as `'<f8'` or a list for a structured dtype; returns undefined if it is
 * not a dtype.
 *
 * Source: numpy's array interface, "typestr".
 */
export function npyDType(descr: PythonValue): NpyDType | undefined {
  if (typeof descr !== 'string') {
    const structured = typeof descr === 'object' && descr !== null && descr.kind === 'list';
    if (!structured) return undefined;
    return {
      name: 'structured',
      refusal: 'records with named fields; save each field as an array of its own',
    };
  }
  // Dates carry a unit after the size: <M8[ns].
  const [, order, kind, size, unit] = /^([<>=|]?)([a-zA-Z])(\d*)(\[\w+\])?$/.exec(descr) ?? [];
  if (kind === undefined) return undefined;
  const code = `${kind}${size}`;
  if (Object.hasOwn(NUMERIC, code) && unit === undefined) {
    const dtype = NUMERIC[code];
    const itemSize = DTYPE_BITS[dtype] / 8;
    return { name: dtype, numeric: { dtype, itemSize, littleEndian: order !== '>' } };
  }
  if (!Object.hasOwn(REFUSALS, kind)) return undefined;
  return { name: descr, refusal: REFUSALS[kind] };
}
