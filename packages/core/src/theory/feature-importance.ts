import { realPower } from '@polysem/numerics/elementary';

/**
 * Importances as a user writes them: one number for all features, one per feature, or text: `0.9^i` for powers of 0.9, which
 * begin with 1, or `(i+1)^-0.5` for a power law. i is the index of a feature, from 0.
 */
export type ImportanceParameter = number | readonly number[] | string;

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const GEOMETRIC = new RegExp(`^(${NUMBER})\\s*\\^\\s*i$`, 'i');
const POWER_LAW = new RegExp(`^\\(\\s*i\\s*\\+\\s*1\\s*\\)\\s*\\^\\s*(${NUMBER})$`, 'i');
/** Pattern of importances as text. */
export const IMPORTANCE_PATTERN: RegExp = new RegExp(
  `${GEOMETRIC.source}|${POWER_LAW.source}`,
  'i',
);

/**
 * Lists the importance of each feature.
 *
 * @param importance one number for all features, one per feature, or a formula (`0.9^i`, `(i+1)^-0.5`).
 * @param features number of features; may be absent if `importance` is a list.
 * @returns one importance per feature.
 * @throws RangeError if the formula is malformed, or the number of features is unknown or differs from the length of the list.
 *
 * @example
 * ```js
 * import { importanceOf } from 'polysem/theory';
 * importanceOf('0.5^i', 3); // [1, 0.5, 0.25]
 * importanceOf('(i+1)^-1', 2); // [1, 0.5]
 * importanceOf(2, 2); // [2, 2]
 * ```
 */
export function importanceOf(importance: ImportanceParameter, features?: number): number[] {
  if (typeof importance === 'object') {
    if (features !== undefined && features !== importance.length && importance.length !== 1)
      throw new RangeError(
        `importance: ${importance.length} values for ${features} features; give one for all, or one per feature`,
      );
    if (importance.length !== 1) return [...importance];
    return Array.from({ length: features ?? 1 }, () => importance[0]);
  }
  if (features === undefined)
    throw new RangeError(
      `importance: ${importance} does not determine the number of features; give features too`,
    );
  if (typeof importance === 'number') return Array.from({ length: features }, () => importance);
  const [, ratio] = GEOMETRIC.exec(importance.trim()) ?? [];
  if (ratio !== undefined) return powers(Number(ratio), features);
  const [, exponent] = POWER_LAW.exec(importance.trim()) ?? [];
  if (exponent === undefined)
    throw new RangeError(
      `importance: expected a number, a list, powers such as 0.9^i or a power law such as (i+1)^-0.5, got ${JSON.stringify(importance)}`,
    );
  return Array.from({ length: features }, (_, i) => realPower(i + 1, Number(exponent)));
}

function powers(ratio: number, count: number): number[] {
  // Multiplication, because powers differ in the last bit between engines.
  const list = [1];
  while (list.length < count) list.push(list[list.length - 1] * ratio);
  return list;
}
