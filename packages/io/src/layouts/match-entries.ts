import type { TensorEntry } from '../tensors/tensor.ts';
import { matchName, type Layout, type NameMatch, type StoredRule } from './layout.ts';

/** A tensor under a rule of the layout that is believed for it. */
export interface EntryMatch extends NameMatch {
  readonly entry: TensorEntry;
  readonly layout: Layout;
  readonly rule: StoredRule;
}

/**
 * Which tensors the rules of layouts know. Of two layouts that know one tensor, the one is believed that knows more
 * tensors of the file, attention included, else the one that stands first.
 */
export function matchEntries(
  entries: readonly TensorEntry[],
  layouts: readonly Layout[],
): EntryMatch[] {
  const scores = new Map(layouts.map((layout) => [layout, score(entries, layout)]));
  const found: EntryMatch[] = [];
  for (const entry of entries) {
    let best: EntryMatch[] = [];
    for (const layout of layouts) {
      const matches = matchesOf(entry, layout);
      const better =
        best.length === 0 || (scores.get(layout) ?? 0) > (scores.get(best[0].layout) ?? 0);
      if (matches.length > 0 && better) best = matches;
    }
    found.push(...best);
  }
  return found;
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

/** As `matchName`; a name that belongs to no layer may have no number before it. */
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
