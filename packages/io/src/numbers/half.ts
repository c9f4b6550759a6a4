/**
 * Converts the bits of a binary16 number to those of the equal binary32 number, as a whole number of 32 bits with sign.
 *
 * Exact for all 65536 patterns; a NaN keeps its payload and sign. IEEE 754-2019, 3.4: binary16 has 5 exponent bits with
 * bias 15 and 10 fraction bits, binary32 has 8 with bias 127 and 23.
 */
export function widenF16(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal half is a normal single: shift its leading bit into the implicit place.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
