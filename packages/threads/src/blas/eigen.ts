import type { SymmetricEigen } from '@polysem/numerics/linalg';
import type { ForeignFunction } from './load-koffi.ts';
import type { Spelling } from './symbols.ts';

/** Parameters of dsyevd; the last two are the lengths of its two texts. */
export const EIGEN_PARAMETERS: string =
  'const char *job, const char *triangle, void *n, void *a, void *lda, void *values, void *work, ' +
  'void *workSize, void *integers, void *integersSize, void *info, size_t jobLength, size_t triangleLength';

/**
 * The eigendecomposition by LAPACK's dsyevd: tridiagonalisation, then divide and conquer. The lower triangle in row-major
 * order is the upper one in Fortran's order, and eigenvectors in its columns are rows here.
 */
export function symmetricEigenBy(
  dsyevd: ForeignFunction,
  { integer }: Spelling,
): (matrix: Float64Array, n: number) => SymmetricEigen {
  const Integers = integer === 'int' ? Int32Array : BigInt64Array;
  const integers = (value: number): Int32Array | BigInt64Array =>
    integer === 'int' ? Int32Array.of(value) : BigInt64Array.of(BigInt(value));
  return (matrix, n) => {
    const a = matrix.slice(0, n * n);
    const values = new Float64Array(n);
    const work = new Float64Array(1 + 6 * n + 2 * n * n);
    const places = new Integers(3 + 5 * n);
    const info = integers(0);
    dsyevd(
      'V',
      'U',
      integers(n),
      a,
      integers(n),
      values,
      work,
      integers(work.length),
      places,
      integers(places.length),
      info,
      1,
      1,
    );
    if (Number(info[0]) !== 0) {
      throw new Error(`dsyevd: did not converge (info ${info[0]}); measure with --blas off`);
    }
    return { values: values.toReversed(), vectors: reversedRows(a, n) };
  };
}

/** Puts the rows of an n x n matrix in reverse order, in place. */
function reversedRows(a: Float64Array, n: number): Float64Array {
  for (let k = 0; k < n >> 1; k++) {
    const [first, last] = [k * n, (n - 1 - k) * n];
    const row = a.slice(first, first + n);
    a.copyWithin(first, last, last + n);
    a.set(row, last);
  }
  return a;
}
