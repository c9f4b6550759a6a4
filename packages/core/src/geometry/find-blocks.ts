import type { Embedding } from '../embedding/embedding.ts';
import { measureCapacity, type CapacityMeasurement } from '../capacity/measure.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import {
  blockSearch,
  checkBlockOptions,
  inUnitsOf,
  withoutZeros,
  type FindBlocksOptions,
} from './block-search.ts';
import type { BlockStructure } from './block-structure.ts';
import { crossSums } from './cross-sums.ts';
import { linkTree } from './link-tree.ts';
import { answerFromEmbedding, featuresOf } from './vector-queries.ts';

/**
 * Finds the orthogonal blocks of an embedding, if it has any (arXiv:2210.01892, section 4).
 *
 * Components are those of the graph that links features whose similarity sqrt(2) |w_i . w_j| / (m sqrt(n_i + n_j)) exceeds a
 * threshold, where m is the mean norm. The threshold is a cut of the single-linkage tree that two null models rule out. Under
 * the first, noise at the level of the links that are cut would be as strong as the weakest link kept; under the second,
 * random directions would be as near to orthogonal. Of these cuts, the one with the fewest groups that is beyond doubt under
 * the first null model (probability below the cube of the significance) is taken, or else the most significant one. Then
 * blocks are joined that all pairs together show to belong together (`joinByProjection`), and near-orthogonality that is too
 * regular to be noise is rejected (`logOrder`). Eigenspaces join components whose eigenvalues are equal up to the noise.
 *
 * O(N D^2) time, without an N x N matrix. With few features all pairs are compared, with many all features are compared with
 * about a thousand (`linkTree`). The partition is invariant under rotation, permutation, sign flips and scale.
 *
 * @param w the embedding, D x N.
 * @param options see {@link FindBlocksOptions}.
 * @returns components, eigenspaces and ignored features, with the evidence.
 * @throws RangeError if W holds a number that is not finite, or an option is out of range.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { findBlocks } from 'polysem/geometry';
 * const w = embeddingFromVectors([[1, 0], [0, 1], [-1, 0], [0, -1]]);
 * findBlocks(w).components.map(({ features }) => features); // [[0, 2], [1, 3]]
 * ```
 */
export function findBlocks(w: Embedding, options: FindBlocksOptions = {}): BlockStructure {
  checkBlockOptions(options);
  return blockFinder(w, options)(options);
}

/** Options of the links, which do not depend on noise and significance. */
type LinkOptions = Pick<FindBlocksOptions, 'allPairs' | 'seed'>;

/**
 * Links the features of an embedding, and returns `findBlocks` for any noise and significance, so that several searches share
 * the links.
 *
 * @param known `measureCapacity(w)`, if the caller has it.
 */
export function blockFinder(
  w: Embedding,
  { allPairs, seed }: LinkOptions,
  known?: CapacityMeasurement,
): (options: FindBlocksOptions) => BlockStructure {
  const scale = powerOfTwoScale(w, 'findBlocks');
  if (scale !== 1) {
    const find = blockFinder(rescaled(w, scale), { allPairs, seed });
    return (options) => inUnitsOf(scale, find(options));
  }
  const measured = known ?? measureCapacity(w);
  const kept = withoutZeros(measured.squaredNorm);
  const scaled = featuresOf(w, kept.places);
  for (let j = 0; j < scaled.data.length; j++) scaled.data[j] /= kept.meanNorm;
  const tree = kept.places.length === 0 ? null : linkTree(scaled, kept.squaredNorm, allPairs, seed);
  const cross = tree === null ? undefined : crossSums(tree, kept.squaredNorm);
  const precision = w.data instanceof Float32Array ? 'float32' : 'float64';
  return (options) => {
    const search = blockSearch({ dims: w.dims, precision, measured, kept, tree, cross }, options);
    return answerFromEmbedding(scaled, search).structure;
  };
}
