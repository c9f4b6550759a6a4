/** How wrong S in float32 is, and whether its eigenvalues can bear it. */
export interface FrameComparison {
  /** Root mean square error of an entry, relative to the largest eigenvalue. */
  readonly error: number;
  /** Whether errors of leverages are expected to stay below the goal. */
  readonly isFineEnough: boolean;
}

/** Less than this is chance: products of special numbers may be exact in float32. */
const LEAST = 2 ** -30;

/** Rounds of the power method: it finds the largest eigenvalue, or one little below. */
const ROUNDS = 30;

/**
 * With errors of the entries of S of root mean square e, the leverage w^T S^-1 w = |v|^2 is wrong by v^T F v, where
 * F = S^-1/2 E S^-1/2; for independent errors its deviation is at most sqrt(2) e / lambda_D relatively.
 */
export function leverageError(error: number, smallest: number): number {
  return (Math.SQRT2 * error) / smallest;
}

/**
 * Holds S of some features in float32 against that in float64. Whether all eigenvalues are above what the goal asks for is
 * seen from a Cholesky decomposition, O(D^3 / 3), much faster than the eigenvalues. Overwrites `exact`.
 *
 * @param coarse, exact lower triangles, dims x dims.
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

function largestEigenvalue(s: Float64Array, dims: number): number {
  let x = new Float64Array(dims).fill(1 / Math.sqrt(dims));
  // Not orthogonal to the vector that is looked for, if by bad luck all ones are.
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
      y[r] += sum;
    }
    value = Math.sqrt(y.reduce((sum, entry) => sum + entry * entry, 0));
    if (value === 0) return 0;
    x = y.map((entry) => entry / value);
  }
  return value;
}

/** Whether a symmetric matrix less `shift` times the identity is positive definite; overwrites its lower triangle. */
function isPositiveBeyond(a: Float64Array, n: number, shift: number): boolean {
  for (let r = 0; r < n; r++) {
    const row = r * n;
    for (let c = 0; c < r; c++) {
      const other = c * n;
      let s0 = a[row + c];
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let k = 0;
      for (; k + 3 < c; k += 4) {
        s0 -= a[row + k] * a[other + k];
        s1 -= a[row + k + 1] * a[other + k + 1];
        s2 -= a[row + k + 2] * a[other + k + 2];
        s3 -= a[row + k + 3] * a[other + k + 3];
      }
      for (; k < c; k++) s0 -= a[row + k] * a[other + k];
      a[row + c] = (s0 + s1 + (s2 + s3)) / a[other + c];
    }
    let pivot = a[row + r] - shift;
    for (let k = 0; k < r; k++) pivot -= a[row + k] * a[row + k];
    if (!(pivot > 0)) return false;
    a[row + r] = Math.sqrt(pivot);
  }
  return true;
}
