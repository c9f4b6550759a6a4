import { embedding, type Embedding } from '../embedding.ts';
import { forEachInBasis } from '../linalg/coordinates.ts';
import { powerOfTwoScale, rescaled } from '../linalg/power-of-two-scale.ts';
import { leftSingular } from '../linalg/singular.ts';

/** How an embedding shares its dimensions, one figure a feature and the spectrum they come from. */
export interface CapacityMeasurement {
  /** D, the dimensions of the embedding space. */
  readonly dims: number;
  /** N, the number of features. */
  readonly features: number;
  /** Numerical rank of W (see `leftSingular` for the tolerance). */
  readonly rank: number;
  /** The `rank` singular values of W, largest first. */
  readonly singularValues: Float64Array;
  /** n_i = |w_i|^2. */
  readonly squaredNorm: Float64Array;
  /**
   * Feature capacity C_i = n_i^2 / sum_j (w_i . w_j)^2, in [0, 1], and 0 for a zero vector: the fraction of
   * a dimension that feature i gets (arXiv:2210.01892, equation 3). The same number as the "feature
   * dimensionality" n_i / sum_j (w^_i . w_j)^2 of Elhage et al. 2022.
   */
  readonly capacity: Float64Array;
  /**
   * Leverage C~_i = w_i^T S^+ w_i, in [0, 1]; the alternative capacity of appendix G. C_i <= C~_i, and
   * the leverages sum to the rank. It is the R^2 of the best linear read-out of feature i.
   */
  readonly leverage: Float64Array;
  /** Interference sum_{j != i} (w^_i . w_j)^2 with w^_i the unit vector (Elhage et al. 2022); 0 for a zero vector. */
  readonly interference: Float64Array;
  /**
   * How many vectors that are not zero lie mostly outside the numerical span, being too short beside the largest singular
   * value for W's precision (see `leftSingular`): they count as zero vectors.
   */
  readonly unresolved: number;
}

/**
 * Measures capacity, leverage and interference of every feature in O(N D^2), without the N x N Gram matrix:
 * sum_j (w_i . w_j)^2 = w_i^T S w_i, with S = U Sigma^2 U^T, so that in the coordinates t = U^T w_i
 *
 *   n = sum t_k^2,   C = n^2 / sum sigma_k^2 t_k^2,   C~ = sum t_k^2 / sigma_k^2,
 *
 * where C <= C~ is the Cauchy-Schwarz inequality, and holds for the computed numbers too.
 *
 * @param visit called with the coordinates t of each feature, up to a power of two that is the same for all; the array is
 *   used again for the next one.
 * @throws RangeError if W holds a number that is not finite, or its data do not fit its size.
 */
export function measureCapacity(
  w: Embedding,
  visit?: (i: number, coordinates: Float64Array) => void,
): CapacityMeasurement {
  const { dims, features } = embedding(w.dims, w.features, w.data);
  const scale = powerOfTwoScale(w, 'measureCapacity');
  const unit = rescaled(w, scale);
  const { rank, values, vectors } = leftSingular(unit);

  const squaredNorm = new Float64Array(features);
  const capacity = new Float64Array(features);
  const leverage = new Float64Array(features);
  const interference = new Float64Array(features);
  let unresolved = 0;
  forEachInBasis(unit, vectors, rank, (i, t) => {
    visit?.(i, t);
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
    singularValues: values.map((value) => value / scale),
    squaredNorm,
    capacity,
    leverage,
    interference,
    unresolved,
  };
}
