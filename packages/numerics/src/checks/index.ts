/*
 * Checks of arguments and options. Each throws a RangeError of the form "field: must be .., got ..", where `field` is the name
 * that the caller gave the value, for example `dims` or `training.steps`.
 */

/**
 * Checks that a value is 1, 2, 3, ...
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @throws RangeError if it is not.
 * @example
 * ```js
 * import { positiveInteger } from '@polysem/numerics/checks';
 * positiveInteger('dims', 3);
 * positiveInteger('dims', 0); // throws RangeError
 * ```
 */
export function positiveInteger(field: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1)) refuse(field, 'be a positive integer', value);
}

/**
 * Checks that a value is 0, 1, 2, ...
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @throws RangeError if it is not.
 * @example
 * ```js
 * import { nonNegativeInteger } from '@polysem/numerics/checks';
 * nonNegativeInteger('seed', -1); // throws RangeError
 * ```
 */
export function nonNegativeInteger(field: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 0)) {
    refuse(field, 'be a non-negative integer', value);
  }
}

/**
 * Checks that a value is an integer of at least `least`.
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @param least smallest value allowed.
 * @throws RangeError if it is not.
 * @example
 * ```js
 * import { integerAtLeast } from '@polysem/numerics/checks';
 * integerAtLeast('features', 1, 2); // throws RangeError
 * ```
 */
export function integerAtLeast(field: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    refuse(field, `be an integer of at least ${least}`, value);
  }
}

/**
 * Checks that a value is an integer from `least` to `most`.
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @param least smallest value allowed.
 * @param most largest value allowed.
 * @throws RangeError if it is not.
 * @example
 * ```js
 * import { integerBetween } from '@polysem/numerics/checks';
 * integerBetween('dims', 4, 1, 3); // throws RangeError
 * ```
 */
export function integerBetween(field: string, value: number, least: number, most: number): void {
  if (!(Number.isSafeInteger(value) && value >= least && value <= most)) {
    refuse(field, `be an integer from ${least} to ${most}`, value);
  }
}

/**
 * Checks that a value is above 0 and finite.
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @throws RangeError if it is not.
 * @example
 * ```js
 * import { positive } from '@polysem/numerics/checks';
 * positive('learningRate', 0); // throws RangeError
 * ```
 */
export function positive(field: string, value: number): void {
  if (!(value > 0 && value < Infinity)) refuse(field, 'be positive and finite', value);
}

/**
 * Checks that a value is at least 0 and finite.
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @throws RangeError if it is not.
 * @example
 * ```js
 * import { notNegative } from '@polysem/numerics/checks';
 * notNegative('weightDecay', -1); // throws RangeError
 * ```
 */
export function notNegative(field: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) refuse(field, 'be finite and not negative', value);
}

/**
 * Checks that a value is finite.
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @throws RangeError if it is not.
 * @example
 * ```js
 * import { finite } from '@polysem/numerics/checks';
 * finite('stopAtGap', NaN); // throws RangeError
 * ```
 */
export function finite(field: string, value: number): void {
  if (!Number.isFinite(value)) refuse(field, 'be a finite number', value);
}

/**
 * Checks that a value is at most `most`.
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @param most largest value allowed.
 * @throws RangeError if it is not.
 * @example
 * ```js
 * import { atMost } from '@polysem/numerics/checks';
 * atMost('count', 3, 2); // throws RangeError
 * ```
 */
export function atMost(field: string, value: number, most: number): void {
  if (!(value <= most)) refuse(field, `be at most ${most}`, value);
}

/**
 * Checks that a value lies in an interval.
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @param low lower end.
 * @param high upper end.
 * @param ends the brackets of the interval: square if an end belongs to it, round if not.
 * @throws RangeError if it does not.
 * @example
 * ```js
 * import { inInterval } from '@polysem/numerics/checks';
 * inInterval('density', 1, 0, 1, '(]');
 * inInterval('density', 0, 0, 1, '(]'); // throws RangeError
 * ```
 */
export function inInterval(
  field: string,
  value: number,
  low: number,
  high: number,
  ends: '[]' | '[)' | '(]' | '()' = '[]',
): void {
  const isAbove = ends === '[]' || ends === '[)' ? value >= low : value > low;
  const isBelow = ends === '[]' || ends === '(]' ? value <= high : value < high;
  if (!(isAbove && isBelow)) refuse(field, `lie in ${ends[0]}${low}, ${high}${ends[1]}`, value);
}

/**
 * Checks that a value is one of several names.
 *
 * @param field name of the value, for the message.
 * @param value value to check.
 * @param allowed the names allowed.
 * @throws RangeError that lists them if it is not.
 * @example
 * ```js
 * import { oneOf } from '@polysem/numerics/checks';
 * oneOf('precision', 'float16', ['float32', 'float64']); // throws RangeError
 * ```
 */
export function oneOf(field: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) refuse(field, `be one of ${allowed.join(', ')}`, value);
}

/**
 * Checks the number of entries in a list.
 *
 * @param field name of the list, for the message.
 * @param list list to check.
 * @param length number of entries required.
 * @throws RangeError if it is not `length`.
 * @example
 * ```js
 * import { hasLength } from '@polysem/numerics/checks';
 * hasLength('mean', [1, 2], 3); // throws RangeError
 * ```
 */
export function hasLength(field: string, list: ArrayLike<unknown>, length: number): void {
  if (list.length !== length) refuse(field, `have ${length} numbers`, list.length);
}

function refuse(field: string, rule: string, value: unknown): never {
  throw new RangeError(`${field}: must ${rule}, got ${String(value)}`);
}
