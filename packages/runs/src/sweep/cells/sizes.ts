import type { ImportanceParameter } from '@polysem/core/theory';
import type { Parameters } from './computation.ts';
import { required } from './required.ts';

/** The number of features and their importances, in the shortest form. */
export interface Sizes {
  readonly features: number;
  readonly importance: ImportanceParameter;
}

/**
 * The number of features, by default that of the importances.
 *
 * @param given the parameters.
 * @returns features and importance; a list of one importance becomes a number.
 * @throws RangeError if one is missing.
 */
export function sizesOf(given: Parameters): Sizes {
  const importance = required<ImportanceParameter>(given, 'importance', '0.9^i');
  const isList = typeof importance === 'object';
  const features =
    given.features === undefined && isList && importance.length > 1
      ? importance.length
      : required<number>(given, 'features', '20');
  if (isList) return { features, importance: importance.length === 1 ? importance[0] : importance };
  return {
    features,
    importance: typeof importance === 'string' ? importance.replaceAll(/\s/g, '') : importance,
  };
}
