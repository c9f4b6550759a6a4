import { rowProducts } from '@polysem/numerics/dense';

/** Columns of the factor that are computed together. */
const PANEL = 96;
/** Numbers of a chunk of rows: 4 MB. */
const CHUNK = 2 ** 19;

/**
 * True if a symmetric matrix minus `shift` times the identity is positive definite: a Cholesky decomposition by panels of
 * columns, n^3 / 3 multiply-adds in float64, nearly all of them in WebAssembly. Stops at the first pivot that is not positive.
 *
 * @param a the lower triangle, n x n, row-major. Overwritten.
 */
export function isPositiveBeyond(a: Float64Array, n: number, shift: number): boolean {
  for (let first = 0; first < n; first += PANEL) {
    const end = Math.min(n, first + PANEL);
    if (first > 0) subtractProducts(a, n, first, end);
    if (!factorPanel(a, n, first, end, shift)) return false;
  }
  return true;
}

/** Subtracts from columns `first` .. end - 1 the products of rows of the factor, over its columns before `first`. */
function subtractProducts(a: Float64Array, n: number, first: number, end: number): void {
  const count = end - first;
  const kernel = rowProducts({
    dims: first,
    count,
    rows: beginnings(a, n, first, end, first),
    precision: 'float64',
  });
  const most = Math.max(1, Math.floor(CHUNK / first));
  for (let from = first; from < n; from += most) {
    const to = Math.min(n, from + most);
    const products = kernel.multiply(beginnings(a, n, from, to, first), to - from);
    for (let r = from; r < to; r++) {
      for (let c = first; c < Math.min(end, r + 1); c++)
        a[r * n + c] -= products[(r - from) * count + c - first];
    }
  }
}

/** The first `length` numbers of rows from .. to - 1. */
function beginnings(
  a: Float64Array,
  n: number,
  from: number,
  to: number,
  length: number,
): Float64Array {
  const out = new Float64Array((to - from) * length);
  for (let r = from; r < to; r++) out.set(a.subarray(r * n, r * n + length), (r - from) * length);
  return out;
}

/** Factors columns `first` .. end - 1 of all rows below, given that earlier columns are subtracted. */
function factorPanel(
  a: Float64Array,
  n: number,
  first: number,
  end: number,
  shift: number,
): boolean {
  for (let r = first; r < n; r++) {
    const row = r * n;
    const last = Math.min(end, r);
    for (let c = first; c < last; c++) {
      const other = c * n;
      let entry = a[row + c];
      for (let k = first; k < c; k++) entry -= a[row + k] * a[other + k];
      a[row + c] = entry / a[other + c];
    }
    if (r >= end) continue;
    let pivot = a[row + r] - shift;
    for (let k = first; k < r; k++) pivot -= a[row + k] * a[row + k];
    if (!(pivot > 0)) return false;
    a[row + r] = Math.sqrt(pivot);
  }
  return true;
}
