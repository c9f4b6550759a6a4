/** Sweeps over all unknowns; each lowers the squared error. */
const SWEEPS = 20_000;

/**
 * Minimises |A x - b|^2 over x >= 0 by coordinate descent.
 *
 * @param matrix A, as rows.
 * @param right b.
 * @returns x.
 */
export function nonNegativeFit(matrix, right) {
  const count = matrix[0].length;
  const product = (f) => matrix.reduce((sum, row, i) => sum + f(row, i), 0);
  const indices = Array.from({ length: count }, (_, k) => k);
  const gram = indices.map((a) => indices.map((b) => product((row) => row[a] * row[b])));
  const target = indices.map((a) => product((row, i) => row[a] * right[i]));
  const x = new Float64Array(count);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let a = 0; a < count; a++) {
      const slope = target[a] - gram[a].reduce((sum, g, b) => sum + g * x[b], 0);
      x[a] = Math.max(0, x[a] + slope / gram[a][a]);
    }
  }
  return x;
}
