/*
 * Arithmetic with twice the digits of a double (Dekker 1971), by IEEE additions and multiplications alone, so that results
 * have the same bits in every engine.
 */
import { powerOfTwo } from './exponential.ts';
import { ln } from './logarithm.ts';

/** The unevaluated sum high + low with |low| at most half a unit in the last place of high: about 106 bits. */
export interface DoubleDouble {
  readonly high: number;
  readonly low: number;
}

/** ln 2. */
const LN2: DoubleDouble = { high: Math.LN2, low: 2.3190468138462996e-17 };
/** 2^27 + 1: splits a double into two halves whose products are exact. */
const SPLITTER = 134_217_729;
/** Halvings of the argument of the exponential series, and terms of the series: the first omitted one is below 2^-115. */
const HALVINGS = 9;
const TERMS = 10;

/** The sum of two doubles, exactly (Knuth). */
function exactSum(a: number, b: number): DoubleDouble {
  const high = a + b;
  const part = high - a;
  return { high, low: a - (high - part) + (b - part) };
}

/** The product of two doubles, exactly (Dekker); no overflow for numbers below 2^996. */
function exactProduct(a: number, b: number): DoubleDouble {
  const high = a * b;
  const aHigh = SPLITTER * a - (SPLITTER * a - a);
  const bHigh = SPLITTER * b - (SPLITTER * b - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return { high, low: aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow) };
}

/** a + b. */
export function plus(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const sum = exactSum(a.high, b.high);
  const rest = exactSum(a.low, b.low);
  const partial = exactSum(sum.high, sum.low + rest.high);
  return exactSum(partial.high, partial.low + rest.low);
}

/** a b. */
export function product(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const { high, low } = exactProduct(a.high, b.high);
  return exactSum(high, low + (a.high * b.low + a.low * b.high));
}

/** a times a double. */
export function times(a: DoubleDouble, factor: number): DoubleDouble {
  return product(a, { high: factor, low: 0 });
}

/** a divided by a double. */
export function divided(a: DoubleDouble, divisor: number): DoubleDouble {
  const high = a.high / divisor;
  const { high: back, low: lost } = exactProduct(high, divisor);
  return exactSum(high, (a.high - back - lost + a.low) / divisor);
}

/** e^x, with a relative error of about 2^-100; `high` is e^x rounded to a double. */
export function doubleExp(x: DoubleDouble): DoubleDouble {
  const exponent = Math.round(x.high / LN2.high);
  const reduced = plus(x, times(LN2, -exponent));
  const scale = 2 ** -HALVINGS;
  const r = { high: reduced.high * scale, low: reduced.low * scale };
  // e^r - 1, and then (1 + s)^2 - 1 = 2 s + s^2, so that no digits are lost to the 1.
  let s = divided(r, TERMS);
  for (let k = TERMS - 1; k >= 1; k--) s = divided(product(r, plus(s, { high: 1, low: 0 })), k);
  for (let k = 0; k < HALVINGS; k++) s = plus(times(s, 2), product(s, s));
  const { high, low } = plus(s, { high: 1, low: 0 });
  // Two factors, so that neither overflows.
  const half = Math.floor(exponent / 2);
  const [a, b] = [powerOfTwo(half), powerOfTwo(exponent - half)];
  return { high: high * a * b, low: low * a * b };
}

/** ln x for a positive double, with an error of about 2^-104 of the result, or of 1 if that is smaller: one Newton step. */
export function doubleLn(x: number): DoubleDouble {
  const start = ln(x);
  if (!Number.isFinite(start)) return { high: start, low: 0 };
  // ln x = y + ln(x e^-y), and x e^-y - 1 = e is about 2^-52, so that ln(1 + e) = e - e^2 / 2 to 2^-156.
  const half = { high: -start / 2, low: 0 };
  const root = doubleExp(half);
  // Two factors e^(-y/2), so that none overflows.
  const ratio = plus(product(times(root, x), root), { high: -1, low: 0 });
  const square = product(ratio, ratio);
  return plus(
    { high: start, low: 0 },
    plus(ratio, { high: -square.high / 2, low: -square.low / 2 }),
  );
}
