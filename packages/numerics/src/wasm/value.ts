import { float32, float64, signed, unsigned, type Bytes } from './encoding.ts';

/** The types of WebAssembly values. */
export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

/** Code that leaves one value of a type on the stack. */
export interface Value<T extends ValueType> {
  readonly type: T;
  readonly code: Bytes;
}

export type I32 = Value<'i32'>;
export type F32 = Value<'f32'>;
export type F64 = Value<'f64'>;
/** 128 bits: four float32, four 32-bit integers or two float64. */
export type V128 = Value<'v128'>;

const SIMD = 0xfd;

type Binary<A extends ValueType, R extends ValueType> = (a: Value<A>, b: Value<A>) => Value<R>;
type Unary<A extends ValueType, R extends ValueType> = (a: Value<A>) => Value<R>;

function of<T extends ValueType>(type: T, ...code: readonly (number | Bytes)[]): Value<T> {
  return { type, code };
}

function binary<A extends ValueType, R extends ValueType>(type: R, ...opcode: number[]) {
  return (a: Value<A>, b: Value<A>): Value<R> => of(type, a.code, b.code, ...opcode);
}

function unary<A extends ValueType, R extends ValueType>(type: R, ...opcode: number[]) {
  return (a: Value<A>): Value<R> => of(type, a.code, ...opcode);
}

/** The immediate of a memory access: alignment (a hint; 0 requires none) and a constant offset. */
function at(offset: number): number[] {
  return [0, ...unsigned(offset)];
}

interface I32Operations {
  readonly const: (value: number) => I32;
  readonly load: (address: I32, offset?: number) => I32;
  readonly add: Binary<'i32', 'i32'>;
  readonly sub: Binary<'i32', 'i32'>;
  readonly mul: Binary<'i32', 'i32'>;
  readonly divU: Binary<'i32', 'i32'>;
  readonly and: Binary<'i32', 'i32'>;
  readonly or: Binary<'i32', 'i32'>;
  readonly xor: Binary<'i32', 'i32'>;
  readonly shl: Binary<'i32', 'i32'>;
  readonly shrU: Binary<'i32', 'i32'>;
  readonly eq: Binary<'i32', 'i32'>;
  readonly ne: Binary<'i32', 'i32'>;
  readonly ltU: Binary<'i32', 'i32'>;
  readonly ltS: Binary<'i32', 'i32'>;
  readonly geU: Binary<'i32', 'i32'>;
  readonly gtS: Binary<'i32', 'i32'>;
  readonly eqz: Unary<'i32', 'i32'>;
  /** Number of trailing zero bits; 32 for 0. */
  readonly trailingZeros: Unary<'i32', 'i32'>;
  /** Truncates towards zero and saturates at the ends of the range. */
  readonly fromF64: (value: F64) => I32;
}

export const i32: I32Operations = {
  const: (value) => of('i32', 0x41, ...signed(value)),
  load: (address, offset = 0) => of('i32', address.code, 0x28, ...at(offset)),
  add: binary('i32', 0x6a),
  sub: binary('i32', 0x6b),
  mul: binary('i32', 0x6c),
  divU: binary('i32', 0x6e),
  and: binary('i32', 0x71),
  or: binary('i32', 0x72),
  xor: binary('i32', 0x73),
  shl: binary('i32', 0x74),
  shrU: binary('i32', 0x76),
  eq: binary('i32', 0x46),
  ne: binary('i32', 0x47),
  ltS: binary('i32', 0x48),
  ltU: binary('i32', 0x49),
  gtS: binary('i32', 0x4a),
  geU: binary('i32', 0x4f),
  eqz: unary('i32', 0x45),
  trailingZeros: unary('i32', 0x68),
  fromF64: unary('i32', 0xfc, 0x02),
};

interface F32Operations {
  readonly const: (value: number) => F32;
  readonly load: (address: I32, offset?: number) => F32;
  readonly add: Binary<'f32', 'f32'>;
  readonly sub: Binary<'f32', 'f32'>;
  readonly mul: Binary<'f32', 'f32'>;
  readonly lt: Binary<'f32', 'i32'>;
  readonly toF64: (value: F32) => F64;
}

export const f32: F32Operations = {
  const: (value) => of('f32', 0x43, ...float32(value)),
  load: (address, offset = 0) => of('f32', address.code, 0x2a, ...at(offset)),
  add: binary('f32', 0x92),
  sub: binary('f32', 0x93),
  mul: binary('f32', 0x94),
  lt: binary('i32', 0x5d),
  toF64: unary('f64', 0xbb),
};

interface F64Operations {
  readonly const: (value: number) => F64;
  readonly load: (address: I32, offset?: number) => F64;
  readonly add: Binary<'f64', 'f64'>;
  readonly sub: Binary<'f64', 'f64'>;
  readonly mul: Binary<'f64', 'f64'>;
  readonly div: Binary<'f64', 'f64'>;
  readonly lt: Binary<'f64', 'i32'>;
  readonly sqrt: Unary<'f64', 'f64'>;
  /** The larger value; NaN if either is NaN. */
  readonly max: Binary<'f64', 'f64'>;
  readonly fromI32: (value: I32) => F64;
  readonly toF32: (value: F64) => F32;
}

export const f64: F64Operations = {
  const: (value) => of('f64', 0x44, ...float64(value)),
  load: (address, offset = 0) => of('f64', address.code, 0x2b, ...at(offset)),
  add: binary('f64', 0xa0),
  sub: binary('f64', 0xa1),
  mul: binary('f64', 0xa2),
  div: binary('f64', 0xa3),
  lt: binary('i32', 0x63),
  sqrt: unary('f64', 0x9f),
  max: binary('f64', 0xa5),
  fromI32: unary('f64', 0xb7),
  toF32: unary('f32', 0xb6),
};

function simd<A extends ValueType, R extends ValueType>(type: R, opcode: number) {
  return binary<A, R>(type, SIMD, ...unsigned(opcode));
}

function simd1<A extends ValueType, R extends ValueType>(type: R, opcode: number) {
  return unary<A, R>(type, SIMD, ...unsigned(opcode));
}

function simdShift(opcode: number) {
  return (a: V128, bits: number): V128 =>
    of('v128', a.code, i32.const(bits).code, SIMD, ...unsigned(opcode));
}

interface V128Operations {
  readonly load: (address: I32, offset?: number) => V128;
  /** Loads one float32 or 32-bit integer into all four lanes. */
  readonly loadSplat: (address: I32, offset?: number) => V128;
  /** Loads one float64 into both lanes. */
  readonly loadSplat64: (address: I32, offset?: number) => V128;
  readonly floats: (a: number, b: number, c: number, d: number) => V128;
  readonly bytes: (bytes: readonly number[]) => V128;
  readonly and: Binary<'v128', 'v128'>;
  readonly or: Binary<'v128', 'v128'>;
  readonly xor: Binary<'v128', 'v128'>;
  /** Bits of a that are not set in b. */
  readonly andNot: Binary<'v128', 'v128'>;
  /** Bits of a where the mask is set, bits of b elsewhere. */
  readonly select: (a: V128, b: V128, mask: V128) => V128;
  readonly anyTrue: (a: V128) => I32;
  /** Selects lanes by number: 0 to 3 from a, 4 to 7 from b. */
  readonly shuffle: (a: V128, b: V128, lanes: readonly number[]) => V128;
  /** Selects bytes of a by the numbers in b. */
  readonly swizzle: Binary<'v128', 'v128'>;
}

export const v128: V128Operations = {
  load: (address, offset = 0) => of('v128', address.code, SIMD, 0x00, ...at(offset)),
  loadSplat: (address, offset = 0) => of('v128', address.code, SIMD, 0x09, ...at(offset)),
  loadSplat64: (address, offset = 0) => of('v128', address.code, SIMD, 0x0a, ...at(offset)),
  floats: (a, b, c, d) => of('v128', SIMD, 0x0c, ...[a, b, c, d].flatMap(float32)),
  bytes: (bytes) => of('v128', SIMD, 0x0c, ...bytes),
  and: simd('v128', 0x4e),
  andNot: simd('v128', 0x4f),
  or: simd('v128', 0x50),
  xor: simd('v128', 0x51),
  select: (a, b, mask) => of('v128', a.code, b.code, mask.code, SIMD, 0x52),
  anyTrue: simd1('i32', 0x53),
  shuffle: (a, b, lanes) =>
    of(
      'v128',
      a.code,
      b.code,
      SIMD,
      0x0d,
      ...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
    ),
  swizzle: simd('v128', 0x0e),
};

interface I32x4Operations {
  readonly splat: (value: I32) => V128;
  readonly const: (value: number) => V128;
  readonly add: Binary<'v128', 'v128'>;
  readonly sub: Binary<'v128', 'v128'>;
  readonly mul: Binary<'v128', 'v128'>;
  readonly eq: Binary<'v128', 'v128'>;
  readonly shl: (a: V128, bits: number) => V128;
  readonly shrU: (a: V128, bits: number) => V128;
  readonly shrS: (a: V128, bits: number) => V128;
  /** The smaller of two unsigned numbers. */
  readonly minU: Binary<'v128', 'v128'>;
  /** The top bit of each lane. */
  readonly bitmask: (a: V128) => I32;
  /** Truncates towards zero to an unsigned number, and saturates at the ends of the range. */
  readonly truncateU: Unary<'v128', 'v128'>;
}

export const i32x4: I32x4Operations = {
  splat: simd1('v128', 0x11),
  const: (value) => {
    const bytes = Array.from(new Uint8Array(Int32Array.of(value).buffer));
    return v128.bytes([...bytes, ...bytes, ...bytes, ...bytes]);
  },
  add: simd('v128', 0xae),
  sub: simd('v128', 0xb1),
  mul: simd('v128', 0xb5),
  eq: simd('v128', 0x37),
  shl: simdShift(0xab),
  shrS: simdShift(0xac),
  shrU: simdShift(0xad),
  minU: simd('v128', 0xb7),
  bitmask: simd1('i32', 0xa4),
  truncateU: simd1('v128', 0xf9),
};

interface I64x2Operations {
  /** The 64-bit products of the two lower lanes, unsigned. */
  readonly multiplyLow: Binary<'v128', 'v128'>;
  /** The 64-bit products of the two upper lanes, unsigned. */
  readonly multiplyHigh: Binary<'v128', 'v128'>;
}

export const i64x2: I64x2Operations = {
  multiplyLow: simd('v128', 0xde),
  multiplyHigh: simd('v128', 0xdf),
};

interface F32x4Operations {
  readonly splat: (value: F32) => V128;
  readonly const: (value: number) => V128;
  readonly lane: (a: V128, lane: number) => F32;
  readonly add: Binary<'v128', 'v128'>;
  readonly sub: Binary<'v128', 'v128'>;
  readonly mul: Binary<'v128', 'v128'>;
  readonly div: Binary<'v128', 'v128'>;
  /** b < a ? b : a, so a if either is NaN. */
  readonly pmin: Binary<'v128', 'v128'>;
  /** a < b ? b : a, so a if either is NaN. */
  readonly pmax: Binary<'v128', 'v128'>;
  readonly abs: Unary<'v128', 'v128'>;
  readonly neg: Unary<'v128', 'v128'>;
  readonly sqrt: Unary<'v128', 'v128'>;
  readonly floor: Unary<'v128', 'v128'>;
  readonly nearest: Unary<'v128', 'v128'>;
  readonly lt: Binary<'v128', 'v128'>;
  readonly gt: Binary<'v128', 'v128'>;
  readonly le: Binary<'v128', 'v128'>;
  readonly ge: Binary<'v128', 'v128'>;
  readonly eq: Binary<'v128', 'v128'>;
  readonly fromI32: Unary<'v128', 'v128'>;
  readonly fromU32: Unary<'v128', 'v128'>;
  /** a b + c, rounded once. */
  readonly fusedMultiplyAdd: (a: V128, b: V128, c: V128) => V128;
  /** c - a b, rounded once. */
  readonly fusedNegatedMultiplyAdd: (a: V128, b: V128, c: V128) => V128;
}

export const f32x4: F32x4Operations = {
  splat: simd1('v128', 0x13),
  const: (value) => v128.floats(value, value, value, value),
  lane: (a, lane) => of('f32', a.code, SIMD, 0x1f, lane),
  add: simd('v128', 0xe4),
  sub: simd('v128', 0xe5),
  mul: simd('v128', 0xe6),
  div: simd('v128', 0xe7),
  pmin: simd('v128', 0xea),
  pmax: simd('v128', 0xeb),
  abs: simd1('v128', 0xe0),
  neg: simd1('v128', 0xe1),
  sqrt: simd1('v128', 0xe3),
  floor: simd1('v128', 0x68),
  nearest: simd1('v128', 0x6a),
  eq: simd('v128', 0x41),
  lt: simd('v128', 0x43),
  gt: simd('v128', 0x44),
  le: simd('v128', 0x45),
  ge: simd('v128', 0x46),
  fromI32: simd1('v128', 0xfa),
  fromU32: simd1('v128', 0xfb),
  fusedMultiplyAdd: (a, b, c) => of('v128', a.code, b.code, c.code, SIMD, ...unsigned(0x105)),
  fusedNegatedMultiplyAdd: (a, b, c) =>
    of('v128', a.code, b.code, c.code, SIMD, ...unsigned(0x106)),
};

interface F64x2Operations {
  /** Converts the two lower float32 lanes to float64. */
  readonly promoteLow: Unary<'v128', 'v128'>;
  readonly splat: (value: F64) => V128;
  readonly const: (value: number) => V128;
  readonly add: Binary<'v128', 'v128'>;
  readonly sub: Binary<'v128', 'v128'>;
  readonly mul: Binary<'v128', 'v128'>;
  readonly div: Binary<'v128', 'v128'>;
  readonly sqrt: Unary<'v128', 'v128'>;
  readonly lane: (a: V128, lane: number) => F64;
  /** a b + c, rounded once. */
  readonly fusedMultiplyAdd: (a: V128, b: V128, c: V128) => V128;
}

export const f64x2: F64x2Operations = {
  promoteLow: simd1('v128', 0x5f),
  splat: simd1('v128', 0x14),
  const: (value) => v128.bytes([...float64(value), ...float64(value)]),
  add: simd('v128', 0xf0),
  sub: simd('v128', 0xf1),
  mul: simd('v128', 0xf2),
  div: simd('v128', 0xf3),
  sqrt: simd1('v128', 0xef),
  lane: (a, lane) => of('f64', a.code, SIMD, 0x21, lane),
  fusedMultiplyAdd: (a, b, c) => of('v128', a.code, b.code, c.code, SIMD, ...unsigned(0x107)),
};
