/*
 * Logarithms that use only IEEE additions, multiplications and divisions. Math.log differs in the last bit between engines
 * and between versions of V8; these give the same bits everywhere, so that a seed gives the same bytes everywhere.
 */

const view = new DataView(new ArrayBuffer(8));
const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
const ROOT_HALF = Math.SQRT1_2;
/** Terms of the series of atanh: the first omitted term is below 1e-18 of the sum. */
const TERMS = 12;
const SUBNORMAL = 2 ** -1022;

/** atanh(s) / s - 1 for |s| <= 0.172. */
function artanhRest(s: number): number {
  const square = s * s;
  let sum = 0;
  for (let k = 2 * TERMS - 1; k >= 3; k -= 2) sum = (sum + 1 / k) * square;
  return sum;
}

/** 2 atanh(s) = ln((1 + s) / (1 - s)) for |s| <= 0.172. */
function twiceArtanh(s: number): number {
  return 2 * (s + s * artanhRest(s));
}

/**
 * ln(x), to about an ulp; -Infinity for 0, NaN for negative numbers. The same bits in every engine, unlike Math.log.
 *
 * @param x argument.
 * @returns the natural logarithm.
 * @example
 * ```js
 * import { ln } from 'polysem/elementary';
 * ln(2); // 0.693147
 * ```
 */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  if (x < SUBNORMAL) return ln(x * 2 ** 54) - 54 * Math.LN2;
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  view.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = view.getFloat64(0);
  if (mantissa > 2 * ROOT_HALF) {
    mantissa /= 2;
    exponent += 1;
  }
  const series = twiceArtanh((mantissa - 1) / (mantissa + 1));
  return exponent * LN2_HIGH + (series + exponent * LN2_LOW);
}

/**
 * ln(1 + x), accurate near 0.
 *
 * @param x argument, above -1.
 * @returns the natural logarithm of 1 + x.
 * @example
 * ```js
 * import { ln1p } from 'polysem/elementary';
 * ln1p(0); // 0
 * ```
 */
export function ln1p(x: number): number {
  return isNear(x) ? twiceArtanh(x / (2 + x)) : ln(1 + x);
}

/** ln(1 + x) - x, accurate near 0 too. */
export function ln1pRest(x: number): number {
  const s = x / (2 + x);
  return isNear(x) ? s * (2 * artanhRest(s) - x) : ln1p(x) - x;
}

function isNear(x: number): boolean {
  return x > -0.29 && x < 0.41;
}
