import type { Embedding } from '../../embedding/embedding.ts';
import { symmetricEigen } from '@polysem/numerics/linalg';

/** Least-squares fit of vectors to directions, w_i = s_i Q t_i + residual. */
export interface DirectionsFit {
  /** Lengths s_i = w_i . Q t_i. */
  readonly lengths: Float64Array;
  /** Coordinates Q^T w_i, N x d. */
  readonly coordinates: Float64Array;
  /** Residual inside the span of the shape, sum |Q^T w_i - s_i t_i|^2. */
  readonly inside: number;
  /** Residual outside it, sum |w_i - Q Q^T w_i|^2. */
  readonly outside: number;
  /** The d eigenvalues of sum s_i^2 t_i t_i^T, which determine the precision of the rotation. */
  readonly inertia: Float64Array;
  /** Residual sum |w_i - s Q t_i|^2 of the best fit with one length s for all vectors. */
  readonly equalLengths: number;
}

const MAX_STEPS = 200;
/** The last step is one that increases the sum of s_i^2, and so reduces the residual, by less than this fraction of it. */
const CONVERGED = 1e-14;

/**
 * Fits vectors to directions by least squares over the isometry Q (D x d) and the lengths s_i, alternately: for given lengths Q
 * is the orthogonal factor of sum s_i w_i t_i^T (Procrustes), for given Q the lengths are inner products. The residual never
 * increases. For equal noise in all entries this is maximum likelihood. O(N D d) per step.
 *
 * @param w N vectors in D dimensions.
 * @param directions N unit vectors that span d <= D dimensions.
 * @returns the fit; null if the vectors span fewer dimensions than the directions, so that Q is not determined.
 */
export function fitDirections(w: Embedding, directions: Embedding): DirectionsFit | null {
  const ones = new Float64Array(w.features).fill(1);
  let q = isometry(w, directions, ones);
  if (q === null) return null;
  let { lengths, coordinates } = project(w, directions, q);
  const meanLength = lengths.reduce((sum, s) => sum + s, 0) / w.features;
  const equal = leftOver(w, directions, q, coordinates, ones.fill(meanLength));

  let held = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    q = isometry(w, directions, lengths);
    if (q === null) return null;
    ({ lengths, coordinates } = project(w, directions, q));
    const before = held;
    held = lengths.reduce((sum, s) => sum + s * s, 0);
    if (held - before <= CONVERGED * held) break;
  }
  return {
    lengths,
    coordinates,
    ...leftOver(w, directions, q, coordinates, lengths),
    inertia: symmetricEigen(weighted(directions, lengths), directions.dims).values,
    equalLengths: equal.inside + equal.outside,
  };
}

function project(
  w: Embedding,
  { dims: d, data: t }: Embedding,
  q: Float64Array,
): { lengths: Float64Array; coordinates: Float64Array } {
  const lengths = new Float64Array(w.features);
  const coordinates = new Float64Array(w.features * d);
  for (let i = 0; i < w.features; i++) {
    for (let a = 0; a < w.dims; a++) {
      const x = w.data[i * w.dims + a];
      for (let k = 0; k < d; k++) coordinates[i * d + k] += x * q[a * d + k];
    }
    for (let k = 0; k < d; k++) lengths[i] += coordinates[i * d + k] * t[i * d + k];
  }
  return { lengths, coordinates };
}

/** Residuals, summed over vectors: differences of sums of squares would lose half the digits of a good fit. */
function leftOver(
  w: Embedding,
  { dims: d, data: t }: Embedding,
  q: Float64Array,
  coordinates: Float64Array,
  lengths: Float64Array,
): { inside: number; outside: number } {
  let inside = 0;
  let outside = 0;
  for (let i = 0; i < w.features; i++) {
    for (let k = 0; k < d; k++) {
      inside += (coordinates[i * d + k] - lengths[i] * t[i * d + k]) ** 2;
    }
    for (let a = 0; a < w.dims; a++) {
      let x = w.data[i * w.dims + a];
      for (let k = 0; k < d; k++) x -= q[a * d + k] * coordinates[i * d + k];
      outside += x * x;
    }
  }
  return { inside, outside };
}

function weighted(t: Embedding, lengths: Float64Array): Float64Array {
  const { dims: d, features, data } = t;
  const s = new Float64Array(d * d);
  for (let i = 0; i < features; i++) {
    const square = lengths[i] * lengths[i];
    for (let a = 0; a < d; a++) {
      for (let b = 0; b < d; b++) s[a * d + b] += square * data[i * d + a] * data[i * d + b];
    }
  }
  return s;
}

/** The orthogonal factor of M = sum s_i w_i t_i^T: M (M^T M)^(-1/2), D x d, row-major. */
function isometry(w: Embedding, t: Embedding, lengths: Float64Array): Float64Array | null {
  const { dims, features } = w;
  const d = t.dims;
  const m = new Float64Array(dims * d);
  for (let i = 0; i < features; i++) {
    for (let a = 0; a < dims; a++) {
      const x = lengths[i] * w.data[i * dims + a];
      for (let k = 0; k < d; k++) m[a * d + k] += x * t.data[i * d + k];
    }
  }
  const { values, vectors } = symmetricEigen(innerProducts(m, dims, d), d);
  if (!(values[d - 1] > values[0] * d * Number.EPSILON)) return null;
  const inverseRoot = new Float64Array(d * d);
  for (let k = 0; k < d; k++) {
    const factor = 1 / Math.sqrt(values[k]);
    for (let a = 0; a < d; a++) {
      for (let b = 0; b < d; b++) {
        inverseRoot[a * d + b] += factor * vectors[k * d + a] * vectors[k * d + b];
      }
    }
  }
  let q = product(m, inverseRoot, dims, d);
  // Squaring M has lost half the digits of Q. Q (3 I - Q^T Q) / 2 (Newton and Schulz) doubles them in each pass.
  for (let pass = 0; pass < 2; pass++) {
    const mend = innerProducts(q, dims, d).map((x, at) => ((at % (d + 1) === 0 ? 3 : 0) - x) / 2);
    q = product(q, mend, dims, d);
  }
  return q;
}

/** M^T M of a matrix of `rows` x d. */
function innerProducts(m: Float64Array, rows: number, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let a = 0; a < rows; a++) {
    for (let j = 0; j < d; j++) {
      const x = m[a * d + j];
      for (let k = 0; k < d; k++) out[j * d + k] += x * m[a * d + k];
    }
  }
  return out;
}

/** A B of `rows` x d and d x d. */
function product(a: Float64Array, b: Float64Array, rows: number, d: number): Float64Array {
  const out = new Float64Array(rows * d);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d; j++) {
      const x = a[i * d + j];
      for (let k = 0; k < d; k++) out[i * d + k] += x * b[j * d + k];
    }
  }
  return out;
}
