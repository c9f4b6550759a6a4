import { embedding, type Embedding } from './embedding.ts';
import { frameOperator } from './frame-operator.ts';
import { gram } from './gram.ts';
import { powerOfTwoScale, rescaled } from './power-of-two-scale.ts';
import { isRankInDoubt, relativeTolerance } from './rank-tolerance.ts';
import { symmetricEigen } from '@polysem/numerics/linalg';

/** U and sigma of the singular value decomposition W = U diag(sigma) V^T. */
export interface LeftSingular {
  /** Numerical rank of W: the number of singular values above the tolerance. */
  readonly rank: number;
  /** The `rank` singular values, largest first. */
  readonly values: Float64Array;
  /** Left singular vectors as rows, rank x D: an orthonormal basis of the span of the vectors. */
  readonly vectors: Float64Array;
  /** Singular values up to this count as zero; see {@link leftSingular}. */
  readonly tolerance: number;
  /** True if a singular value is so close to the tolerance that rounding may decide whether it counts; see `isRankInDoubt`. */
  readonly rankInDoubt: boolean;
}

/**
 * Eigenvalues of S = W W^T above this fraction of the largest are kept from one eigendecomposition. Their relative error is
 * at most about 1e-8, since S is accurate to 2.2e-16 of its largest eigenvalue.
 */
const RESOLVED = 2 ** -26;

/**
 * Computes the singular values and left singular vectors of W, in O(N D min(N, D)).
 *
 * One eigendecomposition of S = W W^T, or of the Gram matrix if there are fewer features than dimensions, resolves singular
 * values down to about 1e-4 of the largest, because squaring halves the digits. The resolved directions are projected out of
 * W, and S of the remainder resolves the next four decades, until all D directions are found or the remainder is below the
 * tolerance. Well-conditioned matrices need one pass.
 *
 * For float64 the tolerance is sigma_max max(N, D) 2^-52, the rule of NumPy's `matrix_rank`, which bounds the rounding errors
 * of the computation. For float32 the computation is exact compared with the data, whose rounding changes singular values by
 * about 2^-23 sigma_max at most, for any number of features. The tolerance is 32 times that, to allow for products that were
 * computed in float32. (For a million features, NumPy's rule would treat singular values up to a tenth of sigma_max as zero.)
 *
 * @param w the embedding, D x N.
 * @returns rank, singular values above the tolerance, and their left singular vectors.
 * @throws RangeError if W holds a number that is not finite.
 * @example
 * ```js
 * import { embeddingFromVectors } from 'polysem';
 * import { leftSingular } from 'polysem/embedding';
 * leftSingular(embeddingFromVectors([[0, 2], [1, 0]])).values; // [2, 1]
 * ```
 */
export function leftSingular(w: Embedding): LeftSingular {
  const scale = powerOfTwoScale(w, 'leftSingular');
  const found = singularOf(rescaled(w, scale));
  if (scale === 1) return found;
  return {
    ...found,
    values: found.values.map((sigma) => sigma / scale),
    tolerance: found.tolerance / scale,
  };
}

/** Singular values and vectors of an embedding whose fourth powers neither overflow nor underflow. */
function singularOf(w: Embedding): LeftSingular {
  const { dims, features } = w;
  const precision = w.data instanceof Float32Array ? 'float32' : 'float64';
  const relative = relativeTolerance(precision, w);
  const most = Math.min(dims, features);
  const values: number[] = [];
  const vectors = new Float64Array(most * dims);
  let remainder = w;
  let tolerance = 0;
  let dropped = 0;

  while (values.length < most) {
    const found = values.length;
    const { eigenvalues, write } = lookAt(remainder);
    if (found === 0) tolerance = Math.sqrt(Math.max(eigenvalues[0], 0)) * relative;
    const floor = Math.max(eigenvalues[0] * RESOLVED, tolerance * tolerance, Number.MIN_VALUE);
    for (let k = 0; k < most - found && eigenvalues[k] > floor; k++) {
      write(k, row(vectors, values.length, dims));
      values.push(Math.sqrt(eigenvalues[k]));
    }
    const end = values.length;
    dropped = end < most ? Math.sqrt(Math.max(eigenvalues[end - found], 0)) : 0;
    const nextIsBelowTolerance = values[found] * Math.sqrt(RESOLVED) <= tolerance;
    const isLast = end === found || end === most || nextIsBelowTolerance;
    if (!isLast) multiplyByFrameOperator(remainder, vectors, found, end);
    if (!isLast || features < dims || found > 0) orthonormalise(vectors, found, end, dims);
    if (isLast) break;
    remainder = projectOut(remainder, vectors, found, end);
  }
  return {
    rank: values.length,
    values: Float64Array.from(values),
    vectors: values.length === most ? vectors : vectors.slice(0, values.length * dims),
    tolerance,
    rankInDoubt: isRankInDoubt(precision, w, [...values, dropped], values.length),
  };
}

/** Eigenvalues of S, largest first, and a function that writes the k-th eigenvector. */
interface Look {
  readonly eigenvalues: Float64Array;
  readonly write: (k: number, out: Float64Array) => void;
}

/** Decomposes S, which is D x D, or the Gram matrix, which is N x N: they share their non-zero eigenvalues. */
function lookAt(w: Embedding): Look {
  const { dims, features, data } = w;
  if (features >= dims) {
    const { values, vectors } = symmetricEigen(frameOperator(w), dims);
    return { eigenvalues: values, write: (k, out) => out.set(row(vectors, k, dims)) };
  }
  const { values, vectors } = symmetricEigen(gram(w), features);
  const write = (k: number, out: Float64Array): void => {
    // u = W v / sigma.
    for (let i = 0; i < features; i++) {
      const factor = vectors[k * features + i] / Math.sqrt(values[k]);
      for (let d = 0; d < dims; d++) out[d] += factor * data[i * dims + d];
    }
  };
  return { eigenvalues: values, write };
}

/**
 * One step of subspace iteration, u <- W W^T u, rescaled. The eigenvectors of S leave the span of W by
 * epsilon (sigma_max / sigma_k)^2, which the remainder would show as spurious directions. Multiplying by W reduces this to
 * epsilon sigma_max / sigma_k, below the tolerance.
 */
function multiplyByFrameOperator(
  w: Embedding,
  vectors: Float64Array,
  first: number,
  end: number,
): void {
  const { dims, features } = w;
  const old = vectors.slice(first * dims, end * dims);
  vectors.fill(0, first * dims, end * dims);
  const vector = new Float64Array(dims);
  for (let i = 0; i < features; i++) {
    vector.set(w.data.subarray(i * dims, (i + 1) * dims));
    for (let k = first; k < end; k++) {
      addScaled(row(vectors, k, dims), vector, innerProduct(row(old, k - first, dims), vector));
    }
  }
}

/** Gram-Schmidt, twice, of rows `first` .. `end` - 1 against all rows before them. */
function orthonormalise(vectors: Float64Array, first: number, end: number, dims: number): void {
  for (let k = first; k < end; k++) {
    const u = row(vectors, k, dims);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < k; j++) {
        const other = row(vectors, j, dims);
        addScaled(u, other, -innerProduct(u, other));
      }
      const norm = Math.sqrt(innerProduct(u, u));
      for (let d = 0; d < dims; d++) u[d] /= norm;
    }
  }
}

function row(rows: Float64Array, k: number, length: number): Float64Array {
  return rows.subarray(k * length, (k + 1) * length);
}

function projectOut(w: Embedding, basis: Float64Array, first: number, end: number): Embedding {
  const { dims, features } = w;
  const rest = Float64Array.from(w.data);
  for (let i = 0; i < features; i++) {
    const vector = rest.subarray(i * dims, (i + 1) * dims);
    // Twice, since the first pass leaves rounding proportional to what it removes.
    for (let pass = 0; pass < 2; pass++) {
      for (let j = first; j < end; j++) {
        const u = row(basis, j, dims);
        addScaled(vector, u, -innerProduct(vector, u));
      }
    }
  }
  return embedding(dims, features, rest);
}

function innerProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d] * b[d];
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let d = 0; d < target.length; d++) target[d] += factor * source[d];
}
