import { householderQL } from './householder-ql.ts';

/** Eigenvalues, and eigenvectors as rows. */
type Eigen = ReturnType<typeof householderQL>;

/** The plain algorithm, for any n: the reference for the fast one. */
export function plainEigen(matrix: Float64Array, n: number, factor: number): Eigen {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = matrix[i * n + j] * factor;
  }
  return sortDescending(householderQL(a, n), n);
}

function sortDescending({ values: unsorted, vectors: rows }: Eigen, n: number): Eigen {
  const order = Array.from(unsorted.keys()).toSorted((i, j) => unsorted[j] - unsorted[i]);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    values[to] = unsorted[from];
    vectors.set(rows.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values, vectors };
}
