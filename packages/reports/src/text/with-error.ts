/**
 * Formats a number with its standard error, both to the first digit of the error.
 *
 * @param value the number.
 * @param error its standard error, positive.
 * @returns the text, for example `0.00727 ± 0.00004`.
 *
 * @example
 * ```js
 * import { withError } from '@polysem/reports/text';
 * withError(0.0072734, 0.0000378); // '0.00727 ± 0.00004'
 * withError(1234.5, 26); // '1230 ± 30'
 * withError(-0.001, 0.05); // '0.00 ± 0.05'
 * ```
 */
export function withError(value: number, error: number): string {
  // Rounding first, so that 0.096 counts as 0.1.
  const place = Number(error.toExponential(0).split('e')[1]);
  if (place < -6) {
    const unit = 10 ** Math.floor(Math.log10(Math.abs(value) || error));
    return `(${withError(value / unit, error / unit)})e${Math.round(Math.log10(unit))}`;
  }
  const rounded = (x: number): string =>
    // Adding 0 turns -0 into 0.
    place < 0
      ? x.toFixed(-place).replace(/^-(?=[0.]+$)/, '')
      : String(Math.round(x / 10 ** place) * 10 ** place + 0);
  return `${rounded(value)} ± ${rounded(error)}`;
}
