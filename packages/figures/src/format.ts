/**
 * A number as axes and tables show it: 0.001, 0.25, 100, 2e8, never with a superscript.
 * A true minus sign is used, and values that are not finite read 'n/a', '∞' or '−∞'.
 *
 * @param digits significant digits, default 4; integers below 100 000 are shown whole
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

/** A label with its unit in parentheses, where it has one. */
export function withUnit(label: string, unit?: string): string {
  return unit === undefined || unit === '' ? label : `${label} (${unit})`;
}
