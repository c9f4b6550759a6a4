/**
 * A number with its noun, in the singular or plural.
 *
 * @param count the number.
 * @param one the singular.
 * @param many the plural; adds `s` by default.
 * @returns for example `1 feature`.
 *
 * @example
 * ```js
 * import { counted } from 'polysem/reports';
 * counted(2, 'feature'); // '2 features'
 * ```
 */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
