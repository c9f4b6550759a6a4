/**
 * The `count` names closest to a word by edit distance, nearest first.
 *
 * @param word the word, in any case.
 * @param names the names to choose from.
 * @param count number of names to return.
 * @returns the names, without repetitions.
 *
 * @example
 * ```js
 * import { nearestNames } from '@polysem/runs/nearest-names';
 * nearestNames('trian', ['allocate', 'phase', 'train'], 1); // ['train']
 * ```
 */
export function nearestNames(word: string, names: readonly string[], count: number = 3): string[] {
  return [...new Set(names)]
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

/**
 * Suggests a name for a word that is not one: the closest, if at most half of its letters differ.
 *
 * @param word the word, in any case.
 * @param names the names to choose from.
 * @returns `; did you mean NAME?`, or an empty text.
 *
 * @example
 * ```js
 * import { suggestion } from '@polysem/runs/nearest-names';
 * suggestion('trian', ['allocate', 'train']); // '; did you mean train?'
 * suggestion('cuda', ['allocate', 'train']); // ''
 * ```
 */
export function suggestion(word: string, names: readonly string[]): string {
  const [nearest] = nearestNames(word, names, 1);
  if (nearest === undefined) return '';
  const isNear = 2 * editDistance(word.toLowerCase(), nearest.toLowerCase()) <= nearest.length;
  return isNear ? `; did you mean ${nearest}?` : '';
}

/** Longer names are compared by their ends, where names of tensors differ. */
const LONGEST = 100;

/** Counts the letters to add, remove or change (Levenshtein). */
function editDistance(first: string, second: string): number {
  const [a, b] = [first.slice(-LONGEST), second.slice(-LONGEST)];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
