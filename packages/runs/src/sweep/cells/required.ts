import type { Parameters } from './computation.ts';

/**
 * The value of a parameter that has no default.
 *
 * @param given the parameters.
 * @param name its name.
 * @param example a value for the message.
 * @returns the value.
 * @throws RangeError if it is missing.
 */
export function required<T>(given: Parameters, name: string, example: string): T {
  const value = given[name];
  if (value === undefined)
    throw new RangeError(
      `${name}: is missing; add, for example, ${name}: ${example} to the parameters, or an axis`,
    );
  return value as T;
}
