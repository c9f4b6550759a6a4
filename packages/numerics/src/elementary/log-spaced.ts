import {
  divided,
  doubleExp,
  doubleLn,
  plus,
  product,
  times,
  type DoubleDouble,
} from './double-double.ts';

/**
 * Numbers from one positive number to another with equal ratios, for example the values on a logarithmic axis. The ends are
 * exact. The others are computed with 100 bits and rounded once, so they are correctly rounded (except where the exact value
 * lies within 2^-40 of a unit in the last place from the middle of two numbers), and the same bits in every engine.
 *
 * @param from first number, positive.
 * @param to last number, positive.
 * @param count how many; for 1, only the first.
 * @returns the numbers, in order.
 * @example
 * ```js
 * import { logSpaced } from 'polysem/elementary';
 * logSpaced(1, 100, 3); // [1, 10, 100]
 * ```
 */
export function logSpaced(from: number, to: number, count: number): Float64Array {
  if (count === 1) return Float64Array.of(from);
  const between = logBetween(from, to);
  const numbers = Float64Array.from({ length: count }, (_, i) =>
    between(divided({ high: i, low: 0 }, count - 1)),
  );
  numbers[0] = from;
  numbers[count - 1] = to;
  return numbers;
}

/**
 * The number at a share of the way from one positive number to another on a logarithmic axis: from^(1 - s) to^s. Rounded as by
 * {@link logSpaced}.
 *
 * @param from number at share 0.
 * @param to number at share 1.
 * @param share the share.
 * @returns the number.
 * @example
 * ```js
 * import { interpolateLog } from 'polysem/elementary';
 * interpolateLog(1, 100, 0.5); // 10
 * ```
 */
export function interpolateLog(from: number, to: number, share: number): number {
  return logBetween(from, to)({ high: share, low: 0 });
}

/**
 * x^y for any y, rounded as by {@link logSpaced}. The same bits in every engine, unlike `**`.
 *
 * @param x the base.
 * @param y the exponent.
 * @returns the power.
 * @example
 * ```js
 * import { realPower } from 'polysem/elementary';
 * realPower(9, 0.5); // 3
 * ```
 */
export function realPower(x: number, y: number): number {
  if (x > 0 && x < Infinity) return doubleExp(times(doubleLn(x), y)).high;
  // 0, 1, Infinity or NaN in every engine.
  if (x === 0 || !Number.isFinite(x) || !Number.isInteger(y)) return x ** y;
  return y % 2 === 0 ? realPower(-x, y) : -realPower(-x, y);
}

/** Interpolates between two numbers; their logarithms are computed once. */
function logBetween(from: number, to: number): (share: DoubleDouble) => number {
  const first = doubleLn(from);
  const whole = plus(doubleLn(to), { high: -first.high, low: -first.low });
  return (share) => doubleExp(plus(first, product(whole, share))).high;
}
