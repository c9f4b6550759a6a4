const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
/** Terms of the series: for |x| <= ln(2) / 2 the first omitted term is below 1e-17 of the sum. */
const TERMS = 13;
/** Outside these bounds e^x is 0 or Infinity. */
const LEAST = -746;
const MOST = 710;

/**
 * e^x, to about an ulp. The same bits in every engine, unlike Math.exp.
 *
 * @param x exponent.
 * @returns the power of e.
 * @example
 * ```js
 * import { exp } from 'polysem/elementary';
 * exp(1); // 2.718282
 * ```
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x < LEAST) return 0;
  if (x > MOST) return Infinity;
  const exponent = Math.round(x / Math.LN2);
  const rest = x - exponent * LN2_HIGH - exponent * LN2_LOW;
  let sum = 0;
  for (let k = TERMS; k >= 1; k--) sum = ((1 + sum) * rest) / k;
  // Two factors, so that neither 2^1024 nor a subnormal occurs on the way.
  const half = Math.floor(exponent / 2);
  return (1 + sum) * powerOfTwo(half) * powerOfTwo(exponent - half);
}

const view = new DataView(new ArrayBuffer(8));

/** 2^n for |n| up to several hundred. */
export function powerOfTwo(n: number): number {
  view.setUint32(0, (1023 + n) << 20);
  return view.getFloat64(0);
}
