import { formatNumber } from '@polysem/figures/svg';

/**
 * Formats a number for text output, with an ASCII minus sign so that it can be copied into a program.
 *
 * @param value the number.
 * @param digits significant digits.
 * @returns the text.
 *
 * @example
 * ```js
 * import { number } from '@polysem/reports/text';
 * number(-1 / 3, 3); // '-0.333'
 * ```
 */
export function number(value: number, digits?: number): string {
  return formatNumber(value, digits).replaceAll('\u2212', '-');
}
