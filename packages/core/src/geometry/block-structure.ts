/** Features that share a subspace of their own, with the figures that say how nearly they do. Plain data. */
export interface Block {
  /** The block's features, ascending. */
  readonly features: readonly number[];
  /** D_k, the dimensions of the span of the features above the noise. */
  readonly dims: number;
  /** Sum of the features' capacities; in an efficient matrix exactly `dims` (arXiv:2210.01892, section 4.3). */
  readonly capacity: number;
  /** gamma_k, mean of the `dims` non-zero eigenvalues of the block's own frame operator. */
  readonly gamma: number;
  /** (largest - smallest) / mean of these eigenvalues: 0 for a tight frame. */
  readonly tightness: number;
  /** Share of the squared inner products of the block's features, their own lengths included, that goes to others. */
  readonly leakage: number;
}

/**
 * One stretch of the threshold: between `from` and `to` the Gram graph has the same connected components. Thresholds are
 * similarities, sqrt(2) |w_i . w_j| / (m sqrt(n_i + n_j)) with m the mean norm: |cos| where all norms are equal.
 */
export interface BlockLevel {
  /** Strongest similarity between two groups: 0 if there is one group. */
  readonly from: number;
  /** Weakest similarity that a group needs to hang together, or null if every group is a single feature. */
  readonly to: number | null;
  /** How many groups, lone features included. */
  readonly groups: number;
  /** Features of the largest group. */
  readonly largest: number;
}

/**
 * What speaks for a cut of the Gram graph, beside the null models. Where there is no block structure, these are the
 * figures of the widest gap that was found, and say how far it is from one.
 */
export interface BlockEvidence {
  /** The cut that the other figures are about: groups at this threshold. */
  readonly level: BlockLevel;
  /** Threshold in the middle of the level, in ratio: the partition is the same from `level.from` to `level.to`. */
  readonly threshold: number;
  /** How many features were compared with all others; null where all pairs were looked at. */
  readonly compared: number | null;
  /** Standard deviation of similarities between groups: the noise that the threshold is held against. */
  readonly noise: number;
  /** Null model 1: chance that Gaussian noise of that size anywhere makes a link as strong as the weakest that is kept. */
  readonly chanceOfNoise: number;
  /**
   * Null model 2: bound on the chance that features in independent, uniformly random directions can be divided somehow into
   * groups with these dimensions that are as near to orthogonal; above 1 it says nothing.
   */
  readonly chanceOfIsotropy: number;
  /** Root mean square cosine between features of different groups, weighted by squared lengths. */
  readonly crossCosine: number;
  /** The same for random directions: 1 / sqrt(rank), or 1 / sqrt(D) where features are linearly independent. */
  readonly isotropicCosine: number;
}

/** The block structure of an embedding (arXiv:2210.01892, section 4), in both its meanings. Plain data. */
export interface BlockStructure {
  /** D. */
  readonly dims: number;
  /** N. */
  readonly features: number;
  /** Numerical rank of W. */
  readonly rank: number;
  /**
   * 'blocks' if features fall into two or more orthogonal blocks; 'none' if no division stands above what the null
   * models give: then there is one component, which may or may not be a tight frame (see its tightness).
   */
  readonly verdict: 'blocks' | 'none';
  /** Connected components of the thresholded Gram graph, by least feature; ignored features are in none. */
  readonly components: readonly Block[];
  /** Components joined where eigenvalues of their frame operators agree up to the noise, by least feature. */
  readonly eigenspaces: readonly Block[];
  /** Features without capacity: zero vectors, and lone ones no longer than noise, ascending. */
  readonly ignored: readonly number[];
  /** Fully represented features: those that are a component of their own, ascending. */
  readonly full: readonly number[];
  /** Noise, as the length of each feature's part of it, in mean norms; rounding alone where there is none. */
  readonly noise: number;
  readonly evidence: BlockEvidence;
  /** Sensitivity: the levels around the chosen one, and the widest, ascending. */
  readonly levels: readonly BlockLevel[];
}
