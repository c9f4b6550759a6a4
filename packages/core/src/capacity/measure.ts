import { embedding, type Embedding } from '../embedding/embedding.ts';
import { forEachInBasis } from '../embedding/coordinates.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { leftSingular } from '../embedding/singular.ts';

/** Capacity and related quantities of every feature, with the spectrum that they are computed from. */
export interface CapacityMeasurement {
  /** D, the dimensions of the embedding space. */
  readonly dims: number;
  /** N, the number of features. */
  readonly features: number;
  /** Numerical rank of W (see `leftSingular` for the tolerance). */
  readonly rank: number;
  /**
   * True if a singular value is so close to the tolerance that rounding may decide the rank, and with it the leverages of
   * features in that direction.
   */
  readonly rankInDoubt: boolean;
  /** The `rank` singular values of W, largest first. */
  readonly singularValues: Float64Array;
  /** n_i = |w_i|^2. */
  readonly squaredNorm: Float64Array;
  /**
   * Capacity C_i = n_i^2 / sum_j (w_i . w_j)^2, in [0, 1]: the fraction of a dimension that feature i has to itself
   * (arXiv:2210.01892, equation 3); 0 for a zero vector. Equals the "feature dimensionality"
   * n_i / sum_j (w^_i . w_j)^2 of Elhage et al. 2022.
   */
  readonly capacity: Float64Array;
  /**
   * Leverage C~_i = w_i^T S^+ w_i, in [0, 1]: the alternative capacity of appendix G, and the R^2 of the best linear
   * read-out of feature i. C_i <= C~_i, and the leverages sum to the rank.
   */
  readonly leverage: Float64Array;
  /** Interference sum_{j != i} (w^_i . w_j)^2 with w^_i the unit vector (Elhage et al. 2022); 0 for a zero vector. */
  readonly interference: Float64Array;
  /**
   * Number of non-zero vectors that count as zero: they are so short compared with the largest singular value that they lie
   * mostly outside the numerical span (see `leftSingular`).
   */
  readonly unresolved: number;
}

/**
 * Measures capacity, leverage and interference of every feature in O(N D^2), without the N x N Gram matrix. Since
 * sum_j (w_i . w_j)^2 = w_i^T S w_i with S = U Sigma^2 U^T, the coordinates t = U^T w_i give
 *
 *   n = sum t_k^2,   C = n^2 / sum sigma_k^2 t_k^2   [equation 3],   C~ = sum t_k^2 / sigma_k^2   [appendix G].
 *
 * C <= C~ by the Cauchy-Schwarz inequality, which holds for the computed numbers too.
 *
 * Source: arXiv:2210.01892, equation 3 and appendix G.
 *
 * @param w the embedding, D x N.
 * @param visit called with the index and the coordinates t of each feature, and the singular values. Both are scaled by one
 *   power of two for all features, and the array of coordinates is reused.
 * @returns capacity, leverage, interference and squared norm per feature; rank and singular values of W.
 * @throws RangeError if W holds a number that is not finite, or its data do not have D x N entries.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { measureCapacity } from 'polysem/capacity';
 * const w = embeddingFromVectors([[2, 0], [0, 1], [0, -1]]);
 * measureCapacity(w).capacity; // [1, 0.5, 0.5]
 * measureCapacity(w).rank; // 2
 * ```
 */
export function measureCapacity(
  w: Embedding,
  visit?: (i: number, coordinates: Float64Array, singularValues: Float64Array) => void,
): CapacityMeasurement {
  const { dims, features } = embedding(w.dims, w.features, w.data);
  const scale = powerOfTwoScale(w, 'measureCapacity');
  const unit = rescaled(w, scale);
  const { rank, values, vectors, rankInDoubt } = leftSingular(unit);

  const squaredNorm = new Float64Array(features);
  const capacity = new Float64Array(features);
  const leverage = new Float64Array(features);
  const interference = new Float64Array(features);
  let unresolved = 0;
  forEachInBasis(unit, vectors, rank, (i, t) => {
    visit?.(i, t, values);
    let n = 0;
    let frame = 0;
    let lever = 0;
    for (let k = 0; k < rank; k++) {
      const sigma2 = values[k] * values[k];
      const t2 = t[k] * t[k];
      n += t2;
      frame += sigma2 * t2;
      lever += t2 / sigma2;
    }
    let norm2 = 0;
    for (let d = 0; d < dims; d++) norm2 += unit.data[i * dims + d] * unit.data[i * dims + d];
    squaredNorm[i] = norm2 / scale / scale;
    if (norm2 > 0 && n < norm2 / 2) unresolved++;
    if (frame === 0) return;
    capacity[i] = Math.min(1, (n / frame) * n);
    leverage[i] = Math.min(1, lever);
    interference[i] = Math.max(0, frame / n - n) / scale / scale;
  });
  return {
    dims,
    features,
    rank,
    rankInDoubt,
    singularValues: values.map((value) => value / scale),
    squaredNorm,
    capacity,
    leverage,
    interference,
    unresolved,
  };
}
