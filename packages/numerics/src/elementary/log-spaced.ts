/**
 * Numbers from one positive number to another with equal ratios. The ends are exact.
 *
 * @param from first number, positive.
 * @param to last number, positive.
 * @param count how many; for 1, only the first.
 * @returns the numbers, in order.
 * @example
 * ```js
 * import { logSpaced } from '@polysem/numerics/elementary';
 * logSpaced(1, 100, 3); // [1, 10, 100]
 * ```
 */
export function logSpaced(from: number, to: number, count: number): Float64Array {
  if (count === 1) return Float64Array.of(from);
  const numbers = Float64Array.from(
    { length: count },
    (_, i) => from * (to / from) ** (i / (count - 1)),
  );
  numbers[count - 1] = to;
  return numbers;
}
