/**
 * Formats a number with its standard error, both to the first digit of the error.
 *
 * @param value the number.
 * @param error its standard error, positive.
 * @returns the text, for example `0.00727 ± 0.00004`.
 *
 * @example
 * ```js
 * import { withError } from 'polysem/reports';
 * withError(0.0072734, 0.0000378); // '0.00727 ± 0.00004'
 * withError(1234.5, 26); // '1230 ± 30'
 * withError(-0.001, 0.05); // '0.00 ± 0.05'
 * withError(4.9999638, 0.0000003); // '4.9999638 ± 0.0000003'
 * ```
 */
export function withError(value: number, error: number): string {
  const unit = 10 ** Math.floor(Math.log10(Math.abs(value) || error));
  // A number near 1 is shorter without a power of ten, however small its error.
  return placeOf(error) < -6 && unit !== 1
    ? `(${plain(value / unit, error / unit)})e${Math.round(Math.log10(unit))}`
    : plain(value, error);
}

/** The decimal place of the first digit, after rounding: 0.096 counts as 0.1. */
function placeOf(error: number): number {
  return Number(error.toExponential(0).split('e')[1]);
}

function plain(value: number, error: number): string {
  const place = placeOf(error);
  const rounded = (x: number): string =>
    // Adding 0 turns -0 into 0; toFixed has at most 100 digits.
    place < 0
      ? x.toFixed(Math.min(100, -place)).replace(/^-(?=[0.]+$)/, '')
      : String(Math.round(x / 10 ** place) * 10 ** place + 0);
  return `${rounded(value)} ± ${rounded(error)}`;
}
