/** Fraction of the norm that is negligible, yet large enough for accurate sines and cosines. */
const NEGLIGIBLE = 2 ** -156;

/** The largest magnitude in a tridiagonal matrix. */
export function largestEntry(d: Float64Array, e: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < d.length; i++) largest = Math.max(largest, Math.abs(d[i]), Math.abs(e[i]));
  return largest;
}

/**
 * Diagonalises a tridiagonal matrix in place by implicit QL with Wilkinson's shift.
 * Source: Golub & Van Loan, Matrix Computations, 8.3.
 *
 * @param d diagonal; becomes the eigenvalues.
 * @param e `e[i]` couples i and i + 1; the last entry is 0.
 * @param basis rows to rotate along, or null. Rows are contiguous.
 * @param norm largest entry of the matrix that this one is a part of.
 */
export function implicitQL(
  d: Float64Array,
  e: Float64Array,
  basis: Float64Array | null,
  norm: number,
): void {
  const n = d.length;
  const negligible = norm * NEGLIGIBLE;
  for (let low = 0; low < n; low++) {
    for (let iteration = 0; ; iteration++) {
      let high = low;
      while (high < n - 1) {
        const neighbours = Math.abs(d[high]) + Math.abs(d[high + 1]);
        if (Math.abs(e[high]) <= Math.max(Number.EPSILON * neighbours, negligible)) break;
        high++;
      }
      if (high === low) break;
      // QL with this shift takes 1.7 iterations per value on average. The bound ends a loop that rounding would keep alive
      // for a value that is zero to working precision.
      if (iteration === 60) {
        e[low] = 0;
        break;
      }
      const half = (d[low + 1] - d[low]) / (2 * e[low]);
      const root = hypotenuse(half, 1);
      let g = d[high] - d[low] + e[low] / (half + (half >= 0 ? root : -root));
      let sine = 1;
      let cosine = 1;
      let p = 0;
      let i = high - 1;
      for (; i >= low; i--) {
        const f = sine * e[i];
        const b = cosine * e[i];
        const r = hypotenuse(f, g);
        e[i + 1] = r;
        if (r <= negligible) {
          d[i + 1] -= p;
          e[i + 1] = 0;
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
        if (basis !== null) rotateRows(basis, n, i, cosine, sine);
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

/** sqrt(x^2 + y^2). Engines differ in the last digit of Math.hypot. */
function hypotenuse(x: number, y: number): number {
  const a = Math.abs(x);
  const b = Math.abs(y);
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large === 0) return 0;
  const ratio = small / large;
  return large * Math.sqrt(1 + ratio * ratio);
}
