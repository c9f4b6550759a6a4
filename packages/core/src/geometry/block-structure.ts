/**
 * Largest leakage of a block. Leakage is the share l of products with features outside in sum_ij (w_i . w_j)^2 over the
 * features i of the block. Since C_i = n_i^2 / sum_j (w_i . w_j)^2, a feature with share l has 1 - l of the capacity that it
 * would have without the features outside. Above 1/2 more than half of the capacity is lost to them, so the features share
 * their dimensions mainly with others: the group is reported, but not as a block.
 */
export const MAX_LEAKAGE = 0.5;

/** A set of features that share a subspace with no other feature, with measures of how nearly that holds. Plain data. */
export interface Block {
  /** Its features, ascending. */
  readonly features: readonly number[];
  /** D_k, the dimension of the span of its features above the noise. */
  readonly dims: number;
  /** Sum of the capacities of its features; in an efficient matrix exactly `dims` (arXiv:2210.01892, section 4.3). */
  readonly capacity: number;
  /** gamma_k, the mean of the `dims` non-zero eigenvalues of the frame operator of its features. */
  readonly gamma: number;
  /** (largest - smallest) / mean of these eigenvalues: 0 for a tight frame. */
  readonly tightness: number;
  /** Share of inner products with features outside the block, in the sum of squared inner products of its features. */
  readonly leakage: number;
}

/**
 * A range of thresholds, from `from` to `to`, in which the Gram graph has the same connected components. Thresholds are
 * similarities sqrt(2) |w_i . w_j| / (m sqrt(n_i + n_j)) with m the mean norm: |cos| where all norms are equal.
 */
export interface BlockLevel {
  /** Largest similarity between two groups; 0 if there is one group. */
  readonly from: number;
  /** Smallest similarity that connects a group, or null if every group is a single feature. */
  readonly to: number | null;
  /** Number of groups, including single features. */
  readonly groups: number;
  /** Number of features of the largest group. */
  readonly largest: number;
}

/**
 * Evidence for a cut of the Gram graph, from two null models. Where there is no block structure, the evidence is that for
 * the cut at the widest gap.
 */
export interface BlockEvidence {
  /** The thresholds of the cut. */
  readonly level: BlockLevel;
  /** Threshold in the geometric middle of the level: the partition is the same from `level.from` to `level.to`. */
  readonly threshold: number;
  /** Number of features that were compared with all others; null where all pairs were compared. */
  readonly compared: number | null;
  /** Standard deviation of the similarities between groups: the noise level for the null model of noise. */
  readonly noise: number;
  /** Null model 1: probability that Gaussian noise of that level makes any link as strong as the weakest link kept. */
  readonly chanceOfNoise: number;
  /**
   * Null model 2: upper bound on the probability that features in independent, uniformly random directions can be divided
   * into groups of these dimensions that are as near to orthogonal.
   */
  readonly chanceOfIsotropy: number;
  /** Root mean square cosine between features of different groups, weighted by squared lengths. */
  readonly crossCosine: number;
  /** `crossCosine` of random directions: 1 / sqrt(rank), or 1 / sqrt(D) where features are linearly independent. */
  readonly isotropicCosine: number;
}

/** The block structure of an embedding (arXiv:2210.01892, section 4): components and eigenspaces. Plain data. */
export interface BlockStructure {
  /** D. */
  readonly dims: number;
  /** N. */
  readonly features: number;
  /** Numerical rank of W. */
  readonly rank: number;
  /**
   * 'blocks' if features form two or more orthogonal blocks; 'none' if the null models explain every division. Then there
   * is one component, which may or may not be a tight frame (see its tightness).
   */
  readonly verdict: 'blocks' | 'none';
  /** Connected components of the thresholded Gram graph, in order of their first features, without ignored features. */
  readonly components: readonly Block[];
  /** Components, joined where eigenvalues of their frame operators are equal up to the noise, in order of first features. */
  readonly eigenspaces: readonly Block[];
  /** Features without capacity, ascending: zero vectors, and single features no longer than the noise. */
  readonly ignored: readonly number[];
  /** Fully represented features, ascending: those that are a component of their own. */
  readonly full: readonly number[];
  /** Noise level: root mean square length of the noise in a vector, over the mean norm. At least rounding. */
  readonly noise: number;
  readonly evidence: BlockEvidence;
  /** The levels around the chosen one, and those with the widest range of thresholds, ascending: how robust the choice is. */
  readonly levels: readonly BlockLevel[];
}
