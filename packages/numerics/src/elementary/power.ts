/**
 * base^exponent for an exponent 0, 1, 2, ..., by squaring. The same bits in every engine, unlike `**`.
 *
 * @param base any number.
 * @param exponent a non-negative integer.
 * @returns the power.
 * @example
 * ```js
 * import { power } from 'polysem/elementary';
 * power(3, 4); // 81
 * ```
 */
export function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
