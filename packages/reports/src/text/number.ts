import { formatNumber } from '@polysem/figures/svg';

/**
 * Formats a number for text output, with the hyphen as its minus sign so that it can be copied into a program. That is the
 * rule for terminals, CSV and JSON; figures and HTML pages show the true minus sign (U+2212) of `formatNumber`.
 *
 * @param value the number.
 * @param digits significant digits.
 * @returns the text.
 *
 * @example
 * ```js
 * import { number } from 'polysem/reports';
 * number(-1 / 3, 3); // '-0.333'
 * ```
 */
export function number(value: number, digits?: number): string {
  return formatNumber(value, digits).replaceAll('\u2212', '-');
}
