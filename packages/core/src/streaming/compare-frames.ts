import { isPositiveBeyond } from './positive-beyond.ts';

/** Accuracy of S in float32, and whether its eigenvalues tolerate it. */
export interface FrameComparison {
  /** Root mean square error of an entry, relative to the largest eigenvalue. */
  readonly error: number;
  /** True if errors of leverages are expected to stay below the goal. */
  readonly isFineEnough: boolean;
}

/** Smaller measured errors are a coincidence: products of special numbers may be exact in float32. */
const LEAST = 2 ** -30;

/** Iterations of the power method, which finds the largest eigenvalue or a slightly smaller one. */
const ROUNDS = 30;

/**
 * Relative error of the leverage w^T S^-1 w = |v|^2, if the entries of S have errors E of root mean square e: v^T F v with
 * F = S^-1/2 E S^-1/2, whose standard deviation for independent errors is at most sqrt(2) e / lambda_D.
 */
export function leverageError(error: number, smallest: number): number {
  return (Math.SQRT2 * error) / smallest;
}

/**
 * Compares S of some features in float32 with S in float64. A Cholesky decomposition, O(D^3 / 3), tests whether all
 * eigenvalues are large enough for the goal, much faster than computing them. Overwrites `exact`.
 *
 * @param coarse S in float32, lower triangle, dims x dims.
 * @param exact S in float64, lower triangle, dims x dims.
 */
export function compareFrames(
  coarse: Float64Array,
  exact: Float64Array,
  dims: number,
  goal: number,
): FrameComparison {
  let squares = 0;
  for (let r = 0; r < dims; r++) {
    for (let c = 0; c <= r; c++) squares += (coarse[r * dims + c] - exact[r * dims + c]) ** 2;
  }
  const rms = Math.sqrt(squares / ((dims * (dims + 1)) / 2));
  const largest = largestEigenvalue(exact, dims);
  if (!(largest > 0)) return { error: LEAST, isFineEnough: false };
  const error = Math.max(rms / largest, LEAST);
  const shift = leverageError(error * largest, goal);
  return { error, isFineEnough: isPositiveBeyond(exact, dims, shift) };
}

/** The largest eigenvalue or a slightly smaller one; NaN for a matrix of zeros. */
function largestEigenvalue(s: Float64Array, dims: number): number {
  let x = new Float64Array(dims).fill(1 / Math.sqrt(dims));
  // Perturbed, in case the vector of all ones is orthogonal to the wanted eigenvector.
  for (let d = 0; d < dims; d++) x[d] *= 1 + (d % 7) / 14;
  let value = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const y = new Float64Array(dims);
    for (let r = 0; r < dims; r++) {
      let sum = s[r * dims + r] * x[r];
      for (let c = 0; c < r; c++) {
        sum += s[r * dims + c] * x[c];
        y[c] += s[r * dims + c] * x[r];
      }
      y[r] = sum;
    }
    value = Math.sqrt(y.reduce((sum, entry) => sum + entry * entry, 0));
    x = y.map((entry) => entry / value);
  }
  return value;
}
