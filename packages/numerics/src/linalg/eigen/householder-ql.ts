import { implicitQL, largestEntry } from './implicit-ql.ts';

/**
 * Eigenvalues, unsorted, and eigenvectors as rows of a symmetric matrix, which is overwritten: row-by-row Householder
 * tridiagonalisation, then implicit QL. The reference that the fast algorithm is tested against.
 * Source: Golub & Van Loan, Matrix Computations, 8.3.
 */
export function householderQL(
  a: Float64Array,
  n: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const { diagonal, offDiagonal, basis } = tridiagonalise(a, n);
  implicitQL(diagonal, offDiagonal, basis, largestEntry(diagonal, offDiagonal));
  return { values: diagonal, vectors: basis };
}

/**
 * A = Q T Q^T with T tridiagonal. Overwrites `a`. `basis` is Q^T, whose rows the QL iteration rotates; rows are contiguous.
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
  return { diagonal, offDiagonal, basis: productOf(reflectors, scales, n) };
}

/** Product of Householder reflections 1 - scale v v^T, with one row v per reflection. */
function productOf(reflectors: Float64Array, scales: Float64Array, n: number): Float64Array {
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
  return basis;
}
