import type { Groups } from './correlation.ts';

/**
 * Groups as lists of ascending feature numbers in which every feature 0 .. N - 1 occurs once. A
 * feature in none of the given groups becomes a group of one.
 *
 * @throws RangeError for a size that does not divide N, an empty group, or a feature that does
 *   not exist or occurs twice.
 */
export function groupLists(groups: Groups, features: number): readonly (readonly number[])[] {
  if (typeof groups === 'number') {
    if (!Number.isInteger(groups) || groups < 1 || features % groups !== 0) {
      throw new RangeError(
        `correlation.groups: a size must be a positive integer that divides the ${features} features, got ${groups}; or give lists of features`,
      );
    }
    return Array.from({ length: features / groups }, (_, group) =>
      Array.from({ length: groups }, (__, i) => group * groups + i),
    );
  }
  if (!Array.isArray(groups)) {
    throw new RangeError(
      `correlation.groups: must be a size or lists of features, got ${String(groups)}`,
    );
  }
  const seen = new Uint8Array(features);
  const lists = groups.map((group: readonly number[], at: number) => {
    if (!Array.isArray(group) || group.length === 0) {
      throw new RangeError(
        `correlation.groups: group ${at} must be a list of at least one feature, got ${JSON.stringify(group)}`,
      );
    }
    for (const feature of group as readonly number[]) {
      if (!Number.isInteger(feature) || feature < 0 || feature >= features) {
        throw new RangeError(
          `correlation.groups: group ${at} names feature ${feature}; features are numbered 0 .. ${features - 1}`,
        );
      }
      if (seen[feature] === 1) {
        throw new RangeError(
          `correlation.groups: feature ${feature} occurs twice; put it into one group only`,
        );
      }
      seen[feature] = 1;
    }
    return (group as readonly number[]).toSorted((a, b) => a - b);
  });
  for (let i = 0; i < features; i++) if (seen[i] === 0) lists.push([i]);
  return lists;
}
