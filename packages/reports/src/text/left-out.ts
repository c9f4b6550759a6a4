import { counted } from './counted.ts';

/** Features named in a line of text. */
const NAMED = 10;
/** Features named in JSON. */
const LISTED = 100;

/**
 * Counts and names the features that were left out because they hold NaN or infinity.
 *
 * @param skipped indices in the file, ascending.
 * @returns one line; empty if none was left out.
 *
 * @example
 * ```js
 * import { leftOut } from 'polysem/reports';
 * leftOut([1, 4]); // 'left out, as they hold NaN or infinity: 2 features: 1, 4'
 * ```
 */
export function leftOut(skipped: readonly number[]): string {
  if (skipped.length === 0) return '';
  const rest = skipped.length - NAMED;
  const names = skipped.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return `left out, as they hold NaN or infinity: ${counted(skipped.length, 'feature')}: ${names}`;
}

/**
 * Describes the features that were left out, for JSON output.
 *
 * @param skipped indices in the file, ascending.
 * @returns their number, and the first 100 of them.
 *
 * @example
 * ```js
 * import { skippedJson } from 'polysem/reports';
 * skippedJson([1, 4]); // { count: 2, features: [1, 4] }
 * ```
 */
export function skippedJson(skipped: readonly number[]): {
  readonly count: number;
  readonly features: readonly number[];
} {
  return { count: skipped.length, features: skipped.slice(0, LISTED) };
}
