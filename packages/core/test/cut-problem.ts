import { measureCapacity } from '../src/capacity/measure.ts';
import type { Embedding } from '../src/embedding/embedding.ts';
import { crossSums } from '../src/geometry/cross-sums.ts';
import type { CutProblem } from '../src/geometry/division.ts';
import { linkTree } from '../src/geometry/link-tree.ts';

/** The search for cuts of the Gram graph of an embedding, with links between all pairs of up to `allPairs` features. */
export function cutProblem(w: Embedding, leastSigma: number, allPairs?: number): CutProblem {
  const { squaredNorm, rank } = measureCapacity(w);
  const tree = linkTree(w, squaredNorm, allPairs);
  return {
    dims: w.dims,
    features: w.features,
    squaredNorm,
    tree,
    cross: crossSums(tree, squaredNorm),
    rank,
    leastSigma,
    significance: 1e-3,
  };
}
