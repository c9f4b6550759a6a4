/** 8-bit floating-point types, named by their numbers of exponent and fraction bits. */
export type Float8DType = 'F8_E4M3' | 'F8_E5M2' | 'F8_E4M3FNUZ' | 'F8_E5M2FNUZ';

interface Layout {
  readonly fractionBits: number;
  readonly bias: number;
  /** Patterns that are not finite: as in IEEE 754, all ones (either sign), or the pattern of -0. */
  readonly special: 'ieee' | 'all ones' | 'negative zero';
}

// Micikevicius et al., FP8 Formats for Deep Learning, arXiv 2209.05433, table 1; Noune et al., arXiv 2206.02915 (FNUZ).
const LAYOUTS: Readonly<Record<Float8DType, Layout>> = {
  F8_E4M3: { fractionBits: 3, bias: 7, special: 'all ones' },
  F8_E5M2: { fractionBits: 2, bias: 15, special: 'ieee' },
  F8_E4M3FNUZ: { fractionBits: 3, bias: 8, special: 'negative zero' },
  F8_E5M2FNUZ: { fractionBits: 2, bias: 16, special: 'negative zero' },
};

/** Decodes a byte of an 8-bit floating-point type; every value is exact in float32. */
export function float8Value(dtype: Float8DType, byte: number): number {
  const { fractionBits, bias, special } = LAYOUTS[dtype];
  const sign = byte >= 128 ? -1 : 1;
  const exponent = (byte & 127) >> fractionBits;
  const fraction = byte & ((1 << fractionBits) - 1);
  if (special === 'negative zero' && byte === 128) return NaN;
  if (special === 'all ones' && (byte & 127) === 127) return NaN;
  if (special === 'ieee' && exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  const leading = exponent === 0 ? 0 : 1;
  const scale = 2 ** (Math.max(exponent, 1) - bias);
  return sign * scale * (leading + fraction / 2 ** fractionBits);
}
