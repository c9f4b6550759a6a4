/**
 * Formats a number for axes and tables: 0.001, 0.25, 100, 2e8. Uses a true minus sign and no superscripts.
 *
 * @param value any number; NaN gives 'n/a', infinities give '∞' and '−∞'
 * @param digits significant digits; integers below 100 000 are shown in full. Default 4
 * @returns the text
 * @example
 * ```js
 * import { formatNumber } from 'polysem/figures';
 * formatNumber(0.1 + 0.2); // '0.3'
 * formatNumber(123456.7); // '1.235e5'
 * formatNumber(NaN); // 'n/a'
 * ```
 */
export function formatNumber(value: number, digits: number = 4): string {
  if (Number.isNaN(value)) return 'n/a';
  const size = Math.abs(value);
  const whole = Number.isInteger(value) && size < 1e5;
  const short = whole ? size : Number(size.toPrecision(digits));
  let shown = String(short);
  if (size === Infinity) shown = '∞';
  else if (short !== 0 && (short >= 1e5 || short < 1e-3)) {
    shown = short.toExponential().replace('e+', 'e').replace('e-', 'e−');
  }
  return value < 0 && short !== 0 ? `−${shown}` : shown;
}

/** A label followed by its unit in parentheses, if it has one. */
export function withUnit(label: string, unit?: string): string {
  return unit === undefined || unit === '' ? label : `${label} (${unit})`;
}
