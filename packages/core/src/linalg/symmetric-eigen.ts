/** Eigenvalues and eigenvectors of a symmetric matrix A = sum_k values[k] v_k v_k^T. */
export interface SymmetricEigen {
  /** The n eigenvalues, largest first. */
  readonly values: Float64Array;
  /** Orthonormal eigenvectors as rows: v_k stands at `vectors[k * n .. (k + 1) * n]`. */
  readonly vectors: Float64Array;
}

/**
 * Eigendecomposition of a symmetric n x n matrix (row-major; only the lower triangle is read):
 * Householder tridiagonalisation, then implicit QL with Wilkinson's shift. O(n^3); eigenvalues
 * are right to about n * 2.2e-16 of the largest one in magnitude.
 * Source: Golub & Van Loan, Matrix Computations, 8.3.
 *
 * @throws RangeError if the matrix has another size, or holds a number that is not finite.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  if (matrix.length !== n * n) {
    throw new RangeError(
      `symmetricEigen: a ${n} x ${n} matrix was announced, got ${matrix.length} numbers`,
    );
  }
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = matrix[i * n + j];
      if (!Number.isFinite(value))
        throw new RangeError(`symmetricEigen: entry (${i}, ${j}) is ${value}`);
      a[i * n + j] = value;
      a[j * n + i] = value;
    }
  }
  const { diagonal, offDiagonal, basis } = tridiagonalise(a, n);
  implicitQL(diagonal, offDiagonal, basis, n);
  return sortDescending(diagonal, basis, n);
}

/**
 * A = Q T Q^T with T tridiagonal. Overwrites `a`. `basis` is Q^T, whose rows the QL iteration then
 * rotates: rows, because they are contiguous.
 */
function tridiagonalise(
  a: Float64Array,
  n: number,
): { diagonal: Float64Array; offDiagonal: Float64Array; basis: Float64Array } {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const reflectors = new Float64Array(n * n);
  const scales = new Float64Array(n);
  const w = new Float64Array(n);

  for (let k = 0; k < n - 1; k++) {
    diagonal[k] = a[k * n + k];
    const v = reflectors.subarray(k * n, (k + 1) * n);
    let largest = 0;
    for (let i = k + 1; i < n; i++) largest = Math.max(largest, Math.abs(a[k * n + i]));
    if (largest === 0) continue;
    let norm2 = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[k * n + i] / largest;
      norm2 += v[i] * v[i];
    }
    const head = v[k + 1];
    const norm = head > 0 ? Math.sqrt(norm2) : -Math.sqrt(norm2);
    v[k + 1] = head + norm;
    const scale = 2 / (norm2 - head * head + v[k + 1] * v[k + 1]);
    scales[k] = scale;
    offDiagonal[k] = -norm * largest;

    let vw = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      const row = i * n;
      for (let j = k + 1; j < n; j++) sum += a[row + j] * v[j];
      w[i] = scale * sum;
      vw += v[i] * w[i];
    }
    const half = (scale * vw) / 2;
    for (let i = k + 1; i < n; i++) w[i] -= half * v[i];
    for (let i = k + 1; i < n; i++) {
      const row = i * n;
      const vi = v[i];
      const wi = w[i];
      for (let j = k + 1; j < n; j++) a[row + j] -= vi * w[j] + wi * v[j];
    }
  }
  diagonal[n - 1] = a[n * n - 1];

  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    const scale = scales[k];
    if (scale === 0) continue;
    const v = reflectors.subarray(k * n, (k + 1) * n);
    for (let i = k + 1; i < n; i++) {
      const row = i * n;
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += basis[row + j] * v[j];
      sum *= scale;
      for (let j = k + 1; j < n; j++) basis[row + j] -= sum * v[j];
    }
  }
  return { diagonal, offDiagonal, basis };
}

/** Diagonalises the tridiagonal matrix in place; `offDiagonal[i]` couples i and i + 1. */
function implicitQL(d: Float64Array, e: Float64Array, basis: Float64Array, n: number): void {
  for (let low = 0; low < n; low++) {
    for (let iteration = 0; ; iteration++) {
      let high = low;
      while (high < n - 1) {
        const neighbours = Math.abs(d[high]) + Math.abs(d[high + 1]);
        if (Math.abs(e[high]) <= Number.EPSILON * neighbours || e[high] === 0) break;
        high++;
      }
      if (high === low) break;
      // QL with this shift converges in 1.7 iterations a value on average; the bound only ends a loop
      // that rounding would otherwise keep alive on a value that is zero to working precision.
      if (iteration === 60) {
        e[low] = 0;
        break;
      }
      const half = (d[low + 1] - d[low]) / (2 * e[low]);
      const root = Math.hypot(half, 1);
      let g = d[high] - d[low] + e[low] / (half + (half >= 0 ? root : -root));
      let sine = 1;
      let cosine = 1;
      let p = 0;
      let i = high - 1;
      for (; i >= low; i--) {
        const f = sine * e[i];
        const b = cosine * e[i];
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[high] = 0;
          break;
        }
        sine = f / r;
        cosine = g / r;
        const shifted = d[i + 1] - p;
        const t = (d[i] - shifted) * sine + 2 * cosine * b;
        p = sine * t;
        d[i + 1] = shifted + p;
        g = cosine * t - b;
        rotateRows(basis, n, i, cosine, sine);
      }
      if (i >= low) continue;
      d[low] -= p;
      e[low] = g;
      e[high] = 0;
    }
  }
}

function rotateRows(basis: Float64Array, n: number, i: number, cosine: number, sine: number): void {
  const upper = i * n;
  const lower = upper + n;
  for (let j = 0; j < n; j++) {
    const x = basis[upper + j];
    const y = basis[lower + j];
    basis[lower + j] = sine * x + cosine * y;
    basis[upper + j] = cosine * x - sine * y;
  }
}

function sortDescending(diagonal: Float64Array, basis: Float64Array, n: number): SymmetricEigen {
  const order = Array.from(diagonal.keys()).toSorted((i, j) => diagonal[j] - diagonal[i]);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    values[to] = diagonal[from];
    vectors.set(basis.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values, vectors };
}
