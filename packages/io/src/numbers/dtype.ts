/**
 * Bits per element of every dtype of safetensors 0.8 (`Dtype` in safetensors/src/tensor.rs). Other formats use the same
 * names.
 */
export const DTYPE_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** Type of a stored element, by its safetensors name. */
export type DType = keyof typeof DTYPE_BITS;

/** Floating-point types that are read. */
export type FloatDType =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'F8_E4M3'
  | 'F8_E5M2'
  | 'F8_E4M3FNUZ'
  | 'F8_E5M2FNUZ';

/** Integer types that are read. */
export type IntegerDType = 'I8' | 'U8' | 'I16' | 'U16' | 'I32' | 'U32' | 'I64' | 'U64';

/** Returns whether a name is a known dtype. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(DTYPE_BITS, name);
}

/** All types that are read as numbers. */
export type NumericDType = FloatDType | IntegerDType;

const SCALED = 'numbers that need the scales of their blocks, which the file does not identify';

/** Reasons why dtypes are not read, and the fix. */
export const REFUSALS: Readonly<Record<Exclude<DType, NumericDType>, string>> = {
  BOOL: 'booleans; save it as F32',
  C64: 'complex numbers; save the real and the imaginary part as two tensors',
  F4: `${SCALED}; dequantise it to F32 or BF16`,
  F6_E2M3: `${SCALED}; dequantise it to F32 or BF16`,
  F6_E3M2: `${SCALED}; dequantise it to F32 or BF16`,
  F8_E8M0: 'scales of blocks, not weights; dequantise their tensor',
};

/** Returns whether a dtype is read as numbers. */
export function isNumericDType(dtype: DType): dtype is NumericDType {
  return !Object.hasOwn(REFUSALS, dtype);
}
