import type { Embedding } from '../embedding/embedding.ts';
import { measureCapacity } from '../capacity/measure.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { blockSearch, checkBlockOptions, inUnitsOf, withoutZeros } from './block-search.ts';
import type { BlockStructure } from './block-structure.ts';
import { linkTree } from './link-tree.ts';
import { answeredBy, featuresOf } from './questions.ts';

/** How {@link findBlocks} looks for blocks. */
export interface FindBlocksOptions {
  /** Both null models must give the structure a chance below this. Default 0.001. */
  readonly significance?: number;
  /**
   * Noise to assume at least, as the length of each feature's part of it in mean norms: inner products that such noise
   * explains count as zero. Default 0, which leaves the rounding of W's type. What training leaves of inner products is
   * of very different sizes and no Gaussian noise: 1e-3 is right for weights trained to convergence.
   */
  readonly noise?: number;
  /** Up to this many features all pairs are compared, beyond it all with some. Default 1024. */
  readonly allPairs?: number;
  /** Seed of the choice of features that all are compared with, where not all pairs are. Default 0. */
  readonly seed?: number;
}

/**
 * Finds the orthogonal blocks of an embedding (arXiv:2210.01892, section 4), real or made: which features share a
 * subspace, and whether they do at all.
 *
 * Components are those of the graph that links features whose similarity sqrt(2) |w_i . w_j| / (m sqrt(n_i + n_j)) exceeds a
 * threshold, m the mean norm. At the threshold chosen what is cut looks like noise and what is kept does not: of all cuts
 * of the single-linkage tree, that into fewest groups which two null models both rule out. Noise of the size of what is cut
 * would not reach the weakest link kept (beyond doubt, chance below the cube of the significance; failing that, the most
 * significant cut is taken), and random directions would not be as orthogonal. What all pairs together say to belong together is then joined,
 * and near-orthogonality too orderly to be noise is none (`joinByProjection`, `logOrder`). Eigenspaces join components whose eigenvalues agree up to that noise.
 *
 * O(N D^2) time and no N x N matrix; with few features all pairs are compared, with many all with about a thousand
 * (`linkTree`). Partitions do not change when the space is rotated, features are permuted or flipped, or everything scaled.
 *
 * @throws RangeError if W holds a number that is not finite, or an option is out of range.
 */
export function findBlocks(w: Embedding, options: FindBlocksOptions = {}): BlockStructure {
  checkBlockOptions(options);
  const scale = powerOfTwoScale(w, 'findBlocks');
  if (scale !== 1) return inUnitsOf(scale, findBlocks(rescaled(w, scale), options));
  const measured = measureCapacity(w);
  const kept = withoutZeros(measured.squaredNorm);
  const scaled = featuresOf(w, kept.places);
  for (let j = 0; j < scaled.data.length; j++) scaled.data[j] /= kept.meanNorm;
  const tree =
    kept.places.length === 0
      ? null
      : linkTree(scaled, kept.squaredNorm, options.allPairs, options.seed);
  const precision = w.data instanceof Float32Array ? 'float32' : 'float64';
  const search = blockSearch({ dims: w.dims, precision, measured, kept, tree }, options);
  return answeredBy(scaled, search).structure;
}
