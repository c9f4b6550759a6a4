import { embedding, type Embedding } from '../embedding/embedding.ts';
import { measureCapacity, type CapacityMeasurement } from '../capacity/measure.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { completeOrthonormalRows } from '@polysem/numerics/linalg';
import type { Precision } from '../embedding/feature-source.ts';
import { arranged, settle, type Part } from './arrangement.ts';
import type { BlockStructure } from './block-structure.ts';
import { findBlocks } from './find-blocks.ts';

/** A block sqrt(gamma) R of an efficient matrix, without R. */
export interface EfficientBlockFigures {
  /** Features in the order of the columns of R, ascending. */
  readonly features: readonly number[];
  readonly dims: number;
  readonly gamma: number;
}

/** One block sqrt(gamma) R of an efficient matrix. */
export interface EfficientBlock extends EfficientBlockFigures {
  /** R, dims x features, R R^T = I. */
  readonly frame: Embedding;
}

/** The efficient form Q B P of W, or of the efficient matrix near W with the same blocks (arXiv:2210.01892, theorem 2), without R_k. */
export interface EfficientFigures {
  /** D. */
  readonly dims: number;
  /** N. */
  readonly features: number;
  /** Number of columns of Q: min(D, N). */
  readonly axes: number;
  /**
   * Q, D x min(D, N), row-major: its columns are orthonormal, the axes of the blocks, block after block, then others. Square
   * and orthogonal unless there are fewer features than dimensions.
   */
  readonly q: Float64Array;
  /** P: the feature of each column of B, block after block, ignored features last. */
  readonly order: Int32Array;
  /** The diagonal blocks of B, in order; all other entries of B are zero. */
  readonly blocks: readonly EfficientBlockFigures[];
  /** Reconstruction error |W - Q B P|, Frobenius. */
  readonly error: number;
  /** `error` / |W|; 0 for a zero matrix. */
  readonly relativeError: number;
  /** True if W is efficient within its precision: relative error at most `EFFICIENT_TOLERANCE`. */
  readonly efficient: boolean;
  /** Inefficiency C~_i - C_i >= 0 of each feature: 0 for all features if and only if W is efficient. */
  readonly inefficiency: Float64Array;
  /** Features in order of falling inefficiency. */
  readonly worst: Int32Array;
}

/** The efficient form Q B P, with R_k. */
export interface EfficientForm extends EfficientFigures {
  readonly blocks: readonly EfficientBlock[];
}

/** Largest relative error of an efficient matrix: half the digits of float64, and 32 units in the last place of float32. */
const EFFICIENT_TOLERANCE: Readonly<Record<'float64' | 'float32', number>> = {
  float64: 2 ** -26,
  float32: 2 ** -18,
};

/**
 * Writes W as Q B P: Q orthogonal, P a permutation, and B block-diagonal with blocks sqrt(gamma_k) R_k, R_k R_k^T = I, on the
 * components of a block structure (arXiv:2210.01892, theorem 2). W is efficient if and only if the error is 0. Otherwise Q,
 * R_k and gamma_k are those of an efficient matrix near W with these blocks (`settle`), in which ignored features are zero
 * vectors. `nearestEfficient` also searches other blocks.
 *
 * @param w the embedding, D x N.
 * @param structure the blocks of W, by default `findBlocks(w)`.
 * @param measured capacities and leverages of W, if they are known already.
 * @returns Q, B and P, with the error |W - Q B P|.
 * @throws RangeError if W holds a number that is not finite, or the structure has another size than W.
 * @example
 * ```js
 * import { efficientForm, polytope } from 'polysem/geometry';
 * const form = efficientForm(polytope('triangle'));
 * form.efficient; // true
 * form.blocks[0].gamma; // 1.500
 * ```
 */
export function efficientForm(
  w: Embedding,
  structure: BlockStructure = findBlocks(w),
  measured: Pick<CapacityMeasurement, 'capacity' | 'leverage'> = measureCapacity(w),
): EfficientForm {
  if (structure.dims !== w.dims || structure.features !== w.features) {
    throw new RangeError(
      `efficientForm: structure has ${structure.features} features in ${structure.dims} dims, ` +
        `embedding has ${w.features} in ${w.dims}; pass the structure of this embedding`,
    );
  }
  const scale = powerOfTwoScale(w, 'efficientForm');
  if (scale !== 1) return inUnitsOf(scale, efficientForm(rescaled(w, scale), structure, measured));
  const at = settle(w, partsOf(structure.components, structure.rank, measured.leverage));
  const { distance, relative } = distanceBetween(w, arranged(at, w));
  const near = { ...at, dims: w.dims, distance, relative };
  const figures = figuresOf(near, measured, precisionOf(w));
  return {
    ...figures,
    blocks: figures.blocks.map(({ features, dims, gamma }, k) => ({
      features,
      dims,
      gamma,
      frame: at.frames[k],
    })),
  };
}

/** An efficient matrix X near W, without its frames. */
export interface NearEfficient {
  /** D. */
  readonly dims: number;
  readonly parts: readonly Part[];
  readonly gammas: readonly number[];
  /** Orthonormal rows that span the parts, part after part. */
  readonly basis: Float64Array;
  /** |W - X|, and |W - X| / |W|. */
  readonly distance: number;
  readonly relative: number;
}

/** The efficient form of a matrix near one with these capacities and leverages, without frames. */
export function figuresOf(
  { dims, parts, gammas, basis, distance, relative }: NearEfficient,
  { capacity, leverage }: Pick<CapacityMeasurement, 'capacity' | 'leverage'>,
  precision: Precision,
): EfficientFigures {
  const axes = Math.min(dims, capacity.length);
  const rows = new Float64Array(axes * dims);
  rows.set(basis);
  completeOrthonormalRows(rows, basis.length / dims, dims);
  const q = new Float64Array(dims * axes);
  for (let k = 0; k < axes; k++) {
    for (let d = 0; d < dims; d++) q[d * axes + k] = rows[k * dims + d];
  }
  const placed = parts.flatMap(({ features }) => features);
  const isPlaced = new Set(placed);
  const rest = Array.from(capacity.keys()).filter((i) => !isPlaced.has(i));
  const inefficiency = leverage.map((lever, i) => Math.max(0, lever - capacity[i]));
  return {
    dims,
    features: capacity.length,
    axes,
    q,
    order: Int32Array.from([...placed, ...rest]),
    blocks: parts.map(({ features, dims: own }, k) => ({ features, dims: own, gamma: gammas[k] })),
    error: distance,
    relativeError: relative,
    efficient: relative <= EFFICIENT_TOLERANCE[precision],
    inefficiency,
    worst: Int32Array.from(capacity.keys()).toSorted((i, j) => inefficiency[j] - inefficiency[i]),
  };
}

/** The form of W, given that of W times a factor. */
function inUnitsOf(factor: number, form: EfficientForm): EfficientForm {
  return {
    ...form,
    error: form.error / factor,
    blocks: form.blocks.map((block) => ({ ...block, gamma: block.gamma / factor / factor })),
  };
}

/**
 * Multiplies out the matrix Q B P of an efficient form.
 *
 * @param form from `efficientForm`.
 * @returns Q B P, D x N.
 * @example
 * ```js
 * import { efficientForm, fromEfficientForm, polytope } from 'polysem/geometry';
 * fromEfficientForm(efficientForm(polytope('antipodal pair'))).data; // [1.000, -1.000]
 * ```
 */
export function fromEfficientForm({ dims, axes, features, q, blocks }: EfficientForm): Embedding {
  const w = embedding(dims, features);
  let axis = 0;
  for (const block of blocks) {
    const scale = Math.sqrt(block.gamma);
    block.features.forEach((i, column) => {
      for (let r = 0; r < block.dims; r++) {
        const y = scale * block.frame.data[column * block.dims + r];
        for (let d = 0; d < dims; d++) w.data[i * dims + d] += y * q[d * axes + axis + r];
      }
    });
    axis += block.dims;
  }
  return w;
}

/**
 * Builds the block-diagonal matrix B of an efficient form.
 *
 * @param form from `efficientForm`.
 * @returns B, min(D, N) x N. Its column c is feature `order[c]` of W = Q B P.
 * @example
 * ```js
 * import { blockMatrix, efficientForm, polytope } from 'polysem/geometry';
 * blockMatrix(efficientForm(polytope('square'))).features; // 4
 * ```
 */
export function blockMatrix({ axes, features, blocks }: EfficientForm): Embedding {
  const b = embedding(axes, features);
  let axis = 0;
  let column = 0;
  for (const { features: own, dims: rows, gamma, frame } of blocks) {
    for (let c = 0; c < own.length; c++, column++) {
      for (let r = 0; r < rows; r++)
        b.data[column * axes + axis + r] = Math.sqrt(gamma) * frame.data[c * rows + r];
    }
    axis += rows;
  }
  return b;
}

/** The precision of the numbers of W. */
function precisionOf(w: Embedding): Precision {
  return w.data instanceof Float32Array ? 'float32' : 'float64';
}

/**
 * Assigns dimensions to groups of features so that they sum to at most the rank. If the given dimensions sum to more, because
 * groups are not orthogonal, each group gets the sum of the leverages of its features, rounded so that the total is the rank
 * (largest remainders): in an efficient matrix that sum is the dimension.
 */
export function partsOf(groups: readonly Part[], rank: number, leverage: Float64Array): Part[] {
  const total = groups.reduce((sum, { dims }) => sum + dims, 0);
  if (total <= rank) return groups.map(({ features, dims }) => ({ features, dims }));
  const shares = groups.map(({ features }) => features.reduce((sum, i) => sum + leverage[i], 0));
  const dims = shares.map((share, k) =>
    Math.min(groups[k].features.length, Math.max(1, Math.floor(share))),
  );
  const spare = (): number => rank - dims.reduce((sum, d) => sum + d, 0);
  const step = spare() > 0 ? 1 : -1;
  while (spare() !== 0) {
    let best = -1;
    dims.forEach((d, k) => {
      const isFree = step > 0 ? d < groups[k].features.length : d > 1;
      if (isFree && (best < 0 || step * (shares[k] - d) > step * (shares[best] - dims[best]))) {
        best = k;
      }
    });
    if (best < 0) break;
    dims[best] += step;
  }
  // If there are more groups than dimensions, the last groups are dropped, and their features become zero vectors.
  return groups.map(({ features }, k) => ({ features, dims: dims[k] })).slice(0, rank);
}

/** |W - X|, and |W - X| / |W|. */
export function distanceBetween(
  w: Embedding,
  x: Embedding,
): { distance: number; relative: number } {
  let square = 0;
  let norm2 = 0;
  for (let j = 0; j < w.data.length; j++) {
    square += (w.data[j] - x.data[j]) ** 2;
    norm2 += w.data[j] ** 2;
  }
  const distance = Math.sqrt(square);
  return { distance, relative: norm2 > 0 ? distance / Math.sqrt(norm2) : 0 };
}
