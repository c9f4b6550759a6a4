import type { Embedding } from '../embedding/embedding.ts';
import { findBlocks } from './find-blocks.ts';
import { nameShape } from './shapes/name-shape.ts';
import { withoutShort } from './without-short.ts';

/**
 * The shapes of an embedding's blocks in words, such as `2 x antipodal pair, unordered 5 in 2, 1 ignored`; `none` without
 * a feature above the noise.
 *
 * @param noise what inner products and shapes are told from, as a fraction of the mean length of features.
 * @throws RangeError if W holds a number that is not finite, or the noise is not in [0, 1).
 */
export function describeBlocks(w: Embedding, noise: number): string {
  const { components, ignored } = findBlocks(withoutShort(w, noise), { noise });
  const counts = new Map<string, number>();
  for (const { features, dims } of components) {
    const { recognised, name } = nameShape(w, features, { noise });
    const label = recognised ? name : `${name} ${features.length} in ${dims}`;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const words = [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, count]) => (count === 1 ? label : `${count} x ${label}`));
  if (ignored.length > 0) words.push(`${ignored.length} ignored`);
  return words.length === 0 ? 'none' : words.join(', ');
}
