import type { TensorEntry } from '../tensors/tensor.ts';
import { matchName, type Layout, type NameMatch, type StoredRule } from './layout.ts';

/** A tensor and the rule of the layout that it matches. */
export interface EntryMatch extends NameMatch {
  readonly entry: TensorEntry;
  readonly layout: Layout;
  readonly rule: StoredRule;
}

/**
 * Matches tensors with the rules of layouts. If several layouts match a tensor, the one that matches most tensors of
 * the file wins, then the first.
 */
export function matchEntries(
  entries: readonly TensorEntry[],
  layouts: readonly Layout[],
): EntryMatch[] {
  // Sorting keeps the order of layouts that match equally many.
  const ranked = layouts
    .map((layout) => ({ layout, matched: score(entries, layout) }))
    .toSorted((a, b) => b.matched - a.matched);
  return entries.flatMap((entry) => {
    for (const { layout } of ranked) {
      const matches = matchesOf(entry, layout);
      if (matches.length > 0) return matches;
    }
    return [];
  });
}

function matchesOf(entry: TensorEntry, layout: Layout): EntryMatch[] {
  const matches = new Map<string, EntryMatch>();
  for (const rule of layout.stored) {
    const match = matchRule(rule.pattern, entry.name);
    if (match !== null && !matches.has(rule.preset))
      matches.set(rule.preset, { ...match, entry, layout, rule });
  }
  return [...matches.values()];
}

/** As `matchName`, but a name without a layer must not follow a number. */
function matchRule(pattern: string, name: string): NameMatch | null {
  const match = matchName(pattern, name);
  return match !== null && match.layer === null && /(?:^|\.)\d+\./.test(match.prefix)
    ? null
    : match;
}

function score(entries: readonly TensorEntry[], layout: Layout): number {
  const patterns = [
    ...layout.stored.map(({ pattern }) => pattern),
    ...layout.attention.flatMap(({ value, output }) => [value, output]),
  ];
  return entries.filter(({ name }) => patterns.some((pattern) => matchRule(pattern, name) !== null))
    .length;
}
