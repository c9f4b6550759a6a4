import type { Embedding } from '../embedding/embedding.ts';
import { findBlocks } from './find-blocks.ts';
import { nameShape } from './shapes/name-shape.ts';
import { withoutShortVectors } from './without-short-vectors.ts';

/**
 * Describes the shapes of the blocks of an embedding in words, such as `2 x antipodal pair, unordered 5 in 2, 1 ignored`.
 *
 * @param w the embedding, D x N.
 * @param noise noise level for blocks and shapes, as a fraction of the mean length of features.
 * @returns the description; only the number of ignored features if none is above the noise.
 * @throws RangeError if W holds a number that is not finite, or the noise is not in [0, 1).
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { describeBlocks } from 'polysem/geometry';
 * const w = embeddingFromVectors([[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]]);
 * describeBlocks(w, 0.01); // '2 x antipodal pair, 1 ignored'
 * ```
 */
export function describeBlocks(w: Embedding, noise: number): string {
  const { components, ignored } = findBlocks(withoutShortVectors(w, noise), { noise });
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
  return words.join(', ');
}
